import EditJobs
import Foundation
import Glibc
import Tensors

/// How fast this machine multiplies matrices, by products large enough that nothing else counts: by our
/// own kernels, and by OpenBLAS where it is there. So a slow product of ours makes no low bar.
struct MatrixPeak {
  /// The best that was seen of one side.
  struct Side: Encodable {
    /// `portable`, or the native kernels' name.
    var kernels: String
    var gflops: Double
  }

  private static let (rows, inputs, outputs) = (2048, 1024, 1024)
  private let products: [(device: any Device, x: Tensor, weight: Tensor)]
  /// The sides that there are, our own first.
  private(set) var sides: [Side]

  /// Makes ready to multiply on so many threads; OpenBLAS's product is of float32 in any case.
  init(threads: Int, _ compute: ComputeType) {
    let devices = Devices.forPeaks(threads: threads, compute)
    let numbers = (0..<Self.rows * Self.inputs).map { Float($0 % 251) * 0.01 - 1 }
    products = devices.map { device in
      let weight = numbers.prefix(Self.outputs * Self.inputs).withUnsafeBytes {
        device.weight($0, shape: [Self.outputs, Self.inputs], element: .f32, role: .linear)
      }
      return (device, device.upload(numbers, shape: [1, Self.rows, Self.inputs]), weight)
    }
    sides = devices.map { Side(kernels: $0.fingerprint, gflops: 0) }
  }

  /// Multiplies some times, the sides in turn.
  mutating func measure() {
    for _ in 0..<10 {
      for (index, product) in products.enumerated() {
        let start = ContinuousClock.now
        _ = product.device.linear(product.x, product.weight, bias: nil)
        let seconds = start.duration(to: .now) / .seconds(1)
        let gflops = 2e-9 * Double(Self.rows * Self.inputs * Self.outputs) / seconds
        sides[index].gflops = max(sides[index].gflops, gflops)
      }
    }
  }

  /// The faster side's.
  var gflops: Double { sides.reduce(0) { max($0, $1.gflops) } }
}

extension [MatrixPeak.Side] {
  /// The sides for people, the faster one first.
  var text: String {
    let sides = sorted { $0.gflops > $1.gflops }.map {
      String(format: "%.1f GFLOP/s by ", $0.gflops) + $0.kernels
    }
    return "peak of a matrix product: " + sides.joined(separator: ", ")
  }
}

/// The most anonymous memory that this process was seen with.
struct AnonymousMemory {
  private(set) var most = 0

  /// Looks at what the process has now.
  mutating func look() {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
      Int($0)
    }
    most = max(most, (kilobytes ?? 0) * 1024)
  }
}

/// How long this process has lived.
enum ProcessAge {
  /// To a hundredth, as the kernel knows it (proc(5): `starttime` of `stat`, in ticks since boot).
  static var seconds: Double {
    let stat = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    // The program's name may hold blanks and brackets; what follows the last bracket has none.
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    guard fields.count > 19, let ticks = Double(fields[19]) else { return .nan }
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9 - ticks
      / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
