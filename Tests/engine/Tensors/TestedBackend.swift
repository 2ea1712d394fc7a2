import Tensors
import Testing

/// A backend that the models are tested on: the reference, and every device.
struct TestedBackend: Sendable, CustomTestStringConvertible {
  let testDescription: String
  private let open: @Sendable () -> any Backend

  static let all =
    [TestedBackend(testDescription: "reference") { ReferenceBackend() }]
    + TestedDevice.all.map { device in
      TestedBackend(testDescription: device.name) { device.device(threads: 2) }
    }

  func make() -> any Backend { open() }
}
