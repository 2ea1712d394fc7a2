import EditJobs
import ResultFiles
import RunMeasures
import Testing

/// Masks of a local blend, by hand.
@Suite struct LocalBlendTests {
  /// Two tokens on a map of 3 rows and 4 columns; latents twice as large.
  private static let sums = [2, 3, 4]
  private static let latents = [4, 6, 8]
  private static let zero = [Float](repeating: 0, count: 24)

  /// Numbers of token 1 at some places (row, column).
  private func map(_ places: [(Int, Int, Float)]) -> [Float] {
    var map = Self.zero
    for (row, column, value) in places { map[12 + row * 4 + column] = value }
    return map
  }

  /// The mask as text, one character for each place of the maps; fails where a place is torn.
  private func picture(
    _ blend: ResolvedBlend, source: [Float], variant: [Float]
  ) -> [String] {
    let mask = LocalBlend(blend, sums: Self.sums, latents: Self.latents)
      .mask(source: source, variant: variant)
    #expect(mask.rows == 6 && mask.columns == 8)
    for row in 0..<6 {
      for column in 0..<8 {
        let corner = mask.isOpen[row / 2 * 2 * 8 + column / 2 * 2]
        #expect(mask.isOpen[row * 8 + column] == corner, "row \(row), column \(column)")
      }
    }
    return (0..<3).map { row in
      String((0..<4).map { mask.isOpen[row * 16 + $0 * 2] ? "#" : "." })
    }
  }

  private func blend(
    source: [Int] = [], edit: [Int] = [], out: [Int] = [], threshold: Double = 0.3
  ) -> ResolvedBlend {
    ResolvedBlend(
      source: source, edit: edit, substractEdit: out, threshold: threshold, substractThreshold: 0.5,
      start: 0)
  }

  @Test func widensComparesAndUnites() {
    let (left, right) = (map([(0, 0, 4)]), map([(2, 3, 0.01), (0, 3, 0.002)]))
    #expect(
      picture(blend(source: [1]), source: left, variant: Self.zero) == ["##..", "##..", "...."])
    // Each side is compared with its own largest number.
    #expect(
      picture(blend(source: [1], edit: [1]), source: left, variant: right)
        == ["##..", "####", "..##"])
    // 0.002 / 0.01 is above a tenth, and so is what its neighbours take from it.
    #expect(
      picture(blend(edit: [1], threshold: 0.1), source: left, variant: right)
        == ["..##", "..##", "..##"])
    // The words' maps are added before they are compared.
    var both = right
    both[3] = 0.008
    #expect(
      picture(blend(edit: [0, 1], threshold: 0.9), source: left, variant: both)
        == ["..##", "..##", "..##"])
  }

  @Test func takesOutWithoutWidening() {
    let variant = map([(1, 1, 1), (1, 2, 0.6), (0, 0, 0.5)])
    #expect(
      picture(blend(edit: [1], out: [1]), source: Self.zero, variant: variant)
        == ["####", "#..#", "####"])
  }

  @Test func aMapOfNothingOpensNothing() {
    for map in [Self.zero, Self.zero.map { -$0 }] {
      let both = blend(source: [1], edit: [0, 1], out: [1], threshold: 0)
      #expect(picture(both, source: map, variant: map) == ["....", "....", "...."])
    }
    #expect(
      picture(blend(source: [1], edit: []), source: Self.zero, variant: map([(0, 0, 1)]))
        == ["....", "....", "...."])
    // What is no number opens nothing either.
    let broken = [Float](repeating: .nan, count: 24)
    #expect(
      picture(blend(edit: [1]), source: Self.zero, variant: broken) == ["....", "....", "...."])
  }

  @Test func nothingExceedsItsLargestNumber() {
    let variant = map([(1, 1, 3)])
    #expect(
      picture(blend(edit: [1], threshold: 1), source: Self.zero, variant: variant)
        == ["....", "....", "...."])
  }

  @Test func masksAreRepeatedToPictures() {
    let mask = BlendMask(rows: 2, columns: 3, isOpen: [true, false, false, false, false, true])
    #expect(mask.area == 1 / 3.0)
    #expect(mask.gates == [1, 0, 0, 0, 0, 1])
    let large = mask.repeated(rows: 16, columns: 24)
    for (index, isOpen) in large.enumerated() {
      #expect(isOpen == mask.isOpen[index / 24 / 8 * 3 + index % 24 / 8])
    }
  }
}
