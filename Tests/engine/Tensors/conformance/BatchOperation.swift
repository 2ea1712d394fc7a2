import Tensors
import Testing

/// One operation with its sizes, to be run on any backend over batches of any rows.
struct BatchOperation: Sendable, CustomTestStringConvertible {
  let name: String
  /// Shapes of what varies from row to row, without the batch's axis.
  let inputs: [[Int]]
  /// Largest difference from the reference, as a part of its largest number; 0 asks for equality.
  let tolerance: Float
  let run: @Sendable (any Backend, [Tensor]) -> Tensor

  init(
    _ name: String, _ inputs: [[Int]], tolerance: Float,
    _ run: @escaping @Sendable (any Backend, [Tensor]) -> Tensor
  ) {
    (self.name, self.inputs, self.tolerance, self.run) = (name, inputs, tolerance, run)
  }

  var testDescription: String { name }

  /// The numbers of one row of the batch; equal for equal numbers of the row.
  func row(_ number: Int) -> [[Float]] {
    inputs.enumerated().map { index, shape in
      var numbers = TestNumbers(seed: number * 31 + index + 1)
      return numbers.next(shape.reduce(1, *))
    }
  }

  /// Runs a batch of these rows and gives each row's result.
  func callAsFunction(on backend: any Backend, rows: [Int]) -> [[Float]] {
    let values = rows.map(row)
    let tensors = inputs.enumerated().map { index, shape in
      backend.upload(values.flatMap { $0[index] }, shape: [rows.count] + shape)
    }
    let y = run(backend, tensors)
    precondition(y.shape[0] == rows.count, "\(name) lost rows")
    return (0..<rows.count).map { backend.download(y.rows($0..<$0 + 1)) }
  }
}

/// Numbers between −1 and 1 that are the same on every run.
struct TestNumbers {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int64(bitPattern: state) >> 40) * 0x1p-23
  }

  mutating func next(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

extension Backend {
  /// Weights or other numbers that belong to a layer.
  func made(_ shape: [Int], _ role: WeightRole = .plain, seed: Int = 77) -> Tensor {
    var numbers = TestNumbers(seed: seed + shape.reduce(0, +))
    return numbers.next(shape.reduce(1, *)).withUnsafeBytes {
      weight($0, shape: shape, element: .f32, role: role)
    }
  }
}

/// What every operation has to keep, on the device that the suite has turned to or on another.
enum OperationLaws {
  /// Makes a device on so many threads.
  typealias Make = (_ threads: Int) -> any Device

  /// The device that the suite has turned to.
  static var current: Make { { TestedDevice.current.device(threads: $0) } }

  /// The reference and the device agree, on an odd number of rows.
  static func agreement(_ operation: BatchOperation) {
    let found = operation(on: current(2), rows: [4, 1, 2])
    let expected = operation(on: ReferenceBackend(), rows: [4, 1, 2])
    let tolerance = TestedDevice.current.tolerance(operation.tolerance)
    for (row, (a, b)) in zip(found, expected).enumerated() {
      expectClose(a, b, ofLargest: tolerance, "\(operation.name), row \(row)")
    }
  }

  /// A row's bits do not depend on the batch's size, its place in it, or the other rows.
  static func loneliness(_ operation: BatchOperation, on make: Make = current) {
    let backend = make(2)
    let alone = operation(on: backend, rows: [0])[0]
    for size in [1, 2, 3, 7] {
      for place in 0..<size {
        let rows = (0..<size).map { $0 == place ? 0 : 10 * size + $0 }
        let batch = operation(on: backend, rows: rows)
        expectSameBits(batch[place], alone, "\(operation.name), row \(place) of \(size)")
      }
    }
  }

  /// Bits do not depend on the number of threads.
  static func threads(_ operation: BatchOperation, on make: Make = current) {
    let one = operation(on: make(1), rows: [0, 1, 2])
    for count in 2...3 {
      let many = operation(on: make(count), rows: [0, 1, 2])
      for (a, b) in zip(many, one) { expectSameBits(a, b, "\(operation.name), \(count) threads") }
    }
  }

  /// Shapes alone give the shape that numbers give, and leave no bytes behind.
  static func shape(_ operation: BatchOperation) {
    let (shapes, device) = (ShapeBackend(), current(1))
    func shape(_ backend: any Backend) -> [Int] {
      operation.run(backend, operation.inputs.map { backend.made([2] + $0) }).shape
    }
    #expect(shape(shapes) == shape(device), "\(operation.name)")
    #expect(shapes.liveBytes == 0 && shapes.peakBytes > 0)
  }

  static func all(_ operation: BatchOperation) {
    agreement(operation)
    loneliness(operation)
    threads(operation)
    shape(operation)
  }
}
