import Tensors

/// The backends that the models are tested on.
enum TestBackend: CaseIterable, Sendable {
  case reference
  case cpu
  case native

  func make() -> any Backend {
    switch self {
    case .reference: ReferenceBackend()
    case .cpu: TestedKernels.portable.backend(threads: 2)
    case .native: TestedKernels.native.backend(threads: 2)
    }
  }
}
