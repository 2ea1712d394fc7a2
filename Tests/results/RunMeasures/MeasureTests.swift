import EditJobs
import Foundation
import ResultFiles
import RunMeasures
import Testing

@Suite struct MeasureTests {
  @Test func latentsAreComparedByTheirRootMeanSquare() {
    #expect(LatentDistance.between([1, 2, 3, 4], [1, 2, 3, 4]) == 0)
    #expect(LatentDistance.between([0, 0, 0, 0], [1, -1, 1, -1]) == 1)
    #expect(LatentDistance.between([0, 0], [3, 4]) == 12.5.squareRoot())
  }

  /// Three tokens at two positions over two steps, in quarters.
  @Test func mapsAreComparedWithTheirCounterparts() {
    let source: [Float] = [1, 1, 0.5, 0.25, 0.5, 0.75]
    let variant: [Float] = [1, 1, 0.25, 0.25, 0.75, 0.75]
    func divergence(_ counterparts: [[TokenMapper.Share]]) -> Double {
      MapDivergence.between(
        source: source, variant: variant, shape: [3, 1, 2], steps: 2, counterparts: counterparts)
    }
    let same = (0..<3).map { [TokenMapper.Share(token: $0, share: 1)] }
    // ½ · (0.25 + 0.25) over two positions and two steps.
    #expect(divergence(same) == 0.0625)
    // A token without a counterpart does not count.
    #expect(divergence([same[0], [], same[2]]) == 0.03125)
    #expect(divergence([same[0], [], []]) == 0)
    // Shares of two columns are added: 0.75 · 0.5 + 0.25 · 0.5 at the first position.
    let mixed = [TokenMapper.Share(token: 1, share: 0.75), .init(token: 2, share: 0.25)]
    #expect(divergence([[], mixed, []]) == (0.25 + 0.125) / 8)
  }

  @Test(arguments: [
    (0.123456789, 0.123457), (-1234567.0, -1234570), (1e-300, 1e-300), (0, 0), (100, 100),
  ])
  func sixDigitsAreKept(_ value: Double, _ expected: Double) {
    #expect(Measures.rounded(value) == expected)
  }

  @Test func infiniteRatiosSurvive() throws {
    var measures = Measures(latentDistance: 0.5, mapDivergence: 0, injected: 7)
    measures.psnr = Measures.Decibels(.infinity)
    measures.psnrOutside = Measures.Decibels(21.76091259)
    let text = try CanonicalJSON(measures).text
    #expect(
      text == "{\"injected\":7,\"latent_distance\":0.5,\"map_divergence\":0,\"psnr\":\"inf\","
        + "\"psnr_outside\":21.7609}")
    #expect(try JSONDecoder().decode(Measures.self, from: Data(text.utf8)) == measures)
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(
        Measures.self, from: Data(text.replacing("inf\"", with: "big\"").utf8))
    }
  }
}
