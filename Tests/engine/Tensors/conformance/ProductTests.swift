import Tensors
import Testing

/// Linear layers and convolutions.
@Suite(.everyDevice) struct ProductTests {
  // Sizes are odd on purpose: pictures are not square, and positions and outputs are no multiples of
  // the panels that a product is cut into.
  static let operations: [BatchOperation] =
    [(1, 37, 70), (77, 24, 33), (300, 9, 65), (530, 16, 200), (64, 500, 130)].map {
      positions, inputs, outputs in
      BatchOperation(
        "linear \(inputs)→\(outputs) at \(positions)", [[positions, inputs]], tolerance: 2e-6
      ) {
        $0.linear(
          $1[0], $0.made([outputs, inputs], .linear),
          bias: positions == 77 ? nil : $0.made([outputs]))
      }
    } + [
      BatchOperation("linear of vectors", [[40]], tolerance: 2e-6) {
        $0.linear($1[0], $0.made([23, 40], .linear), bias: $0.made([23]))
      },
      BatchOperation("linear of pictures", [[5, 7, 12]], tolerance: 2e-6) {
        $0.linear($1[0], $0.made([70, 12], .linear), bias: $0.made([70]))
      },
    ] + convolutions

  static let convolutions: [BatchOperation] =
    [
      (19, 17, 5, 70, 3, 1, 1), (18, 23, 6, 40, 3, 2, 1), (9, 31, 4, 66, 1, 1, 0),
      (6, 5, 30, 130, 3, 1, 1), (1, 1, 8, 8, 3, 1, 1), (7, 4, 3, 20, 3, 2, 0),
      (33, 20, 3, 8, 5, 3, 2), (7, 9, 32, 40, 3, 1, 1), (16, 16, 40, 64, 3, 1, 1),
      (1, 1, 33, 33, 3, 1, 1), (21, 10, 64, 97, 3, 1, 1),
    ].map { h, w, inputs, outputs, kernel, stride, padding in
      BatchOperation(
        "\(kernel)×\(kernel) convolution, stride \(stride), \(h)×\(w)", [[h, w, inputs]],
        tolerance: 2e-6
      ) {
        $0.conv2d(
          $1[0],
          $0.made(
            [outputs, inputs, kernel, kernel],
            stride == 1 && padding == kernel / 2 ? .convolution : .resizingConvolution),
          bias: stride == 2 ? nil : $0.made([outputs]), stride: stride, padding: padding)
      }
    }

  @Test(arguments: operations) func laws(_ operation: BatchOperation) {
    OperationLaws.all(operation)
  }

  @Test func shapesCountMultiplyAdds() {
    let backend = ShapeBackend()
    let picture = backend.made([2, 8, 6, 3])
    _ = backend.conv2d(
      picture, backend.made([5, 3, 3, 3], .resizingConvolution), bias: nil, stride: 2, padding: 1)
    #expect(backend.multiplyAdds == 2 * 4 * 3 * 5 * 27)
    _ = backend.linear(
      backend.made([2, 7, 3]), backend.made([4, 3], .linear), bias: nil)
    #expect(backend.multiplyAdds == 2 * 4 * 3 * 5 * 27 + 2 * 7 * 3 * 4)
    #expect(backend.liveBytes == picture.count * 4)
  }
}
