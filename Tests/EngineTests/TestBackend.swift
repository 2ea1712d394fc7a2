import CPUBackend
import Tensors

/// The backends that the models are tested on.
enum TestBackend: CaseIterable, Sendable {
  case reference
  case cpu

  func make() -> any Backend {
    switch self {
    case .reference: ReferenceBackend()
    case .cpu: CPUBackend(threads: 2)
    }
  }
}
