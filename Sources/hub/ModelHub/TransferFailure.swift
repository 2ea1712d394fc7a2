/// Why a request gave no usable answer.
enum TransferFailure: Error, Sendable {
  /// The connection could not be made, or broke.
  case connection(String)
  /// Another try would end in the same way: a certificate that is not trusted.
  case useless(String)
  /// The server is there and asks to come again.
  case busy(status: Int, seconds: Double?)
  /// The person wants to stop.
  case cancelled

  /// In words.
  var reason: String {
    switch self {
    case .connection(let reason), .useless(let reason): reason
    case .busy(429, _): "too many requests (429)"
    case .busy(let status, _): "the server answers \(status)"
    case .cancelled: "interrupted"
    }
  }
}

/// The work was interrupted; what was fetched so far is kept.
public struct HubInterrupted: Error, Sendable {
  /// Names the interruption.
  public init() {}
}
