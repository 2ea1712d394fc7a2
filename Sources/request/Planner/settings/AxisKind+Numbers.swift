extension AxisKind {
  /// Whether its values are numbers where they are no windows or steps (`12s`); seeds are not: they may
  /// be larger than what other programs read exactly.
  public var hasNumbers: Bool {
    switch self {
    case .seed, .to, .blend, .sampler, .negative, .model, .image, .method: false
    default: true
    }
  }
}
