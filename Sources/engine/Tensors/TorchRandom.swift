import CKernels

/// Standard normal noise as `torch.randn(…, generator=torch.Generator().manual_seed(seed))` draws it
/// on a CPU.
///
/// The engine is the 32-bit Mersenne Twister (Matsumoto and Nishimura 1998); normals come from the
/// Box–Muller transform, in blocks of sixteen where at least that many are asked for, else one pair
/// at a time in double precision. Uniforms are exact; logarithm and angle functions are our own, so
/// that all machines draw the same bits, which may differ from torch's in the last place.
public struct TorchRandom: Sendable {
  private var twister: MersenneTwister
  /// The second normal of the last pair in double precision.
  private var spare: Double?

  /// Starts the generator; torch uses the seed's low 32 bits.
  public init(seed: UInt64) { twister = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed)) }

  /// The next `count` normal numbers, as one call of `torch.randn` with that many elements.
  public mutating func normal(_ count: Int) -> [Float] {
    count < 16 ? (0..<max(count, 0)).map { _ in Float(nextDouble()) } : blocks(count)
  }

  /// Blocks of sixteen uniforms become blocks of normals; where the count is no multiple of sixteen,
  /// the last sixteen numbers are drawn anew.
  private mutating func blocks(_ count: Int) -> [Float] {
    var numbers = (0..<count).map { _ in uniform() }
    for first in stride(from: 0, through: count - 16, by: 16) {
      Self.transform(&numbers[first..<first + 16])
    }
    if count % 16 != 0 {
      for index in count - 16..<count { numbers[index] = uniform() }
      Self.transform(&numbers[(count - 16)...])
    }
    return numbers
  }

  /// Box–Muller on sixteen uniforms: the first eight give radii, the others angles.
  private static func transform(_ block: inout ArraySlice<Float>) {
    let twoPi: Float = 2 * 3.14159274
    for j in block.startIndex..<block.startIndex + 8 {
      let u1 = 1 - block[j]
      let radius = (-2 * Float(ck_math_log(Double(u1)))).squareRoot()
      let theta = Double(twoPi * block[j + 8])
      block[j] = radius * Float(ck_math_cos(theta))
      block[j + 8] = radius * Float(ck_math_sin(theta))
    }
  }

  /// A uniform number of 24 bits in [0, 1).
  private mutating func uniform() -> Float { Float(twister.next() & 0xff_ffff) * 0x1p-24 }

  /// A uniform number of 53 bits in [0, 1).
  private mutating func uniformDouble() -> Double {
    let high = UInt64(twister.next()), low = UInt64(twister.next())
    return Double((high << 32 | low) & ((1 << 53) - 1)) * 0x1p-53
  }

  private mutating func nextDouble() -> Double {
    if let second = spare {
      spare = nil
      return second
    }
    let u1 = uniformDouble(), u2 = uniformDouble()
    let radius = (-2 * ck_math_log1p(-u2)).squareRoot()
    let theta = 2 * Double.pi * u1
    spare = radius * ck_math_sin(theta)
    return radius * ck_math_cos(theta)
  }
}

/// MT19937.
private struct MersenneTwister {
  private static let size = 624
  private var state: [UInt32]
  private var position = MersenneTwister.size

  init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(Self.size)
    for index in 1..<Self.size {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
  }

  mutating func next() -> UInt32 {
    if position == Self.size { renew() }
    var y = state[position]
    position += 1
    y ^= y >> 11
    y ^= y << 7 & 0x9d2c_5680
    y ^= y << 15 & 0xefc6_0000
    return y ^ y >> 18
  }

  private mutating func renew() {
    for index in 0..<Self.size {
      let next = state[(index + 1) % Self.size]
      let mixed = state[index] & 0x8000_0000 | next & 0x7fff_ffff
      let twist: UInt32 = next & 1 == 0 ? 0 : 0x9908_b0df
      state[index] = state[(index + 397) % Self.size] ^ mixed >> 1 ^ twist
    }
    position = 0
  }
}
