import EditJobs
import Foundation
import ResultFiles
import RunMeasures
import Testing

/// Numbers over a picture: sizes, shares, percentiles, files.
@Suite struct HeatMapTests {
  private let ramp = HeatMap(rows: 2, columns: 3, values: [0, 1, 2, 3, 4, 5])

  @Test func resamplingIsBilinearWithPixelsAsAreas() {
    // As torch.nn.functional.interpolate(…, mode="bilinear", align_corners=False) has it.
    let wide = HeatMap(rows: 1, columns: 2, values: [0, 4]).resampled(rows: 1, columns: 4)
    #expect(wide.values == [0, 1, 3, 4])
    let one = HeatMap(rows: 1, columns: 1, values: [7]).resampled(rows: 3, columns: 2)
    #expect(one.values == [Float](repeating: 7, count: 6))
    #expect(ramp.resampled(rows: 2, columns: 3) == ramp)
  }

  @Test(arguments: [(2, 3), (4, 6), (6, 9), (20, 30)]) func theMeanStays(
    _ rows: Int, _ columns: Int
  ) {
    let larger = ramp.resampled(rows: rows, columns: columns)
    #expect(larger.rows == rows && larger.columns == columns)
    #expect(abs(larger.mean - ramp.mean) < 1e-6)
    #expect(larger.values.allSatisfy { (0...5).contains($0) })
  }

  @Test func rowsAreNotColumns() {
    let map = HeatMap(rows: 2, columns: 1, values: [1, 3]).resampled(rows: 4, columns: 2)
    #expect(map.values == [1, 1, 1.5, 1.5, 2.5, 2.5, 3, 3])
  }

  @Test func percentilesAreThoseOfNumPy() {
    // numpy.percentile([0, 1, 2, 3, 4, 5], 90) == 4.5
    #expect(HeatMap.percentile(0.9, of: [ramp]) == 4.5)
    #expect(HeatMap.percentile(1, of: [ramp]) == 5 && HeatMap.percentile(0, of: [ramp]) == 0)
    #expect(HeatMap.percentile(0.5, of: []) == 0)
  }

  @Test func sharesAddUpAndNothingIsDividedByNothing() {
    let (a, b) = (
      HeatMap(rows: 1, columns: 2, values: [1, 0]), HeatMap(rows: 1, columns: 2, values: [3, 0])
    )
    let sum = HeatMap(rows: 1, columns: 2, values: [4, 0])
    #expect((a / sum).values == [0.25, 0] && (b / sum).values == [0.75, 0])
    #expect((b - a).values == [2, 0])
  }

  @Test func aFileIsOneThatNumPyReads() throws {
    let array = NumpyArray(shape: [2, 1, 3], values: [0, 1, 2, 3, 4, -0.5])
    let bytes = array.bytes
    #expect(Array(bytes[..<8]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    let length = Int(bytes[8]) | Int(bytes[9]) << 8
    #expect((10 + length) % 64 == 0 && bytes.count == 10 + length + 24)
    let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 3), }"))
    #expect(header.hasSuffix(" \n"))
    let last = Array(bytes.suffix(4))
    #expect(last == [0, 0, 0, 0xBF], "−0.5 in little-endian float32")
    #expect(
      String(decoding: NumpyArray(shape: [1], values: [1]).bytes, as: UTF8.self).contains("(1,)"))
  }

  @Test(arguments: [1, 2, 3, 4, 7, 20, 50]) func thirdsCoverEveryStepOnce(_ steps: Int) {
    let all = RunThird.allCases.flatMap { Array($0.steps(of: steps)) }
    #expect(all == Array(0..<steps))
  }
}
