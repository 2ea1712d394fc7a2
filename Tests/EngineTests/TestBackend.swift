import Tensors

/// The backends that the models are tested on.
enum TestBackend: CaseIterable, Sendable {
  case reference

  func make() -> any Backend {
    switch self {
    case .reference: ReferenceBackend()
    }
  }
}
