import Tensors
import Testing

/// Group and layer normalisation.
@Suite(.everyDevice) struct NormTests {
  static let groupNorms: [BatchOperation] =
    [([11, 13, 96], 32), ([130, 20], 5), ([5, 3, 7], 7), ([70, 9, 40], 2), ([1, 66], 3)].flatMap {
      shape, groups in
      [false, true].map { silu in
        BatchOperation(
          "groupNorm of \(shape) in \(groups)\(silu ? ", SiLU" : "")", [shape], tolerance: 3e-6
        ) {
          let channels = shape[shape.count - 1]
          return $0.groupNorm(
            $1[0], groups: groups, $0.made([channels]), $0.made([channels], seed: 5), eps: 1e-5,
            thenSiLU: silu)
        }
      }
    }

  static let layerNorms: [BatchOperation] = [[77, 64], [5, 3, 50], [1, 7], [40, 1281]].map {
    shape in
    BatchOperation("layerNorm of \(shape)", [shape], tolerance: 3e-6) {
      let channels = shape[shape.count - 1]
      return $0.layerNorm($1[0], $0.made([channels]), $0.made([channels], seed: 5), eps: 1e-5)
    }
  }

  @Test(arguments: groupNorms + layerNorms) func laws(_ operation: BatchOperation) {
    OperationLaws.all(operation)
  }

  @Test func aLargeMeanLosesNothing() {
    // One pass over sums of squares would cancel here: the mean is 300 deviations away.
    let (device, reference) = (TestedDevice.current.device(threads: 1), ReferenceBackend())
    var numbers = TestNumbers(seed: 8)
    let values = numbers.next(100 * 32).map { 300 + $0 }
    func normalised(_ backend: any Backend) -> [Float] {
      backend.download(
        backend.groupNorm(
          backend.upload(values, shape: [1, 100, 32]), groups: 4, backend.made([32]),
          backend.made([32]), eps: 1e-5, thenSiLU: false))
    }
    expectClose(normalised(device), normalised(reference), ofLargest: 2e-4, "groupNorm")
  }
}
