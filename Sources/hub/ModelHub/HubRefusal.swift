import Files
import HubCache

/// What a person is told where the hub refuses.
struct HubRefusal {
  let model: HubModelName
  let settings: HubSettings

  /// The error of an answer that is neither success nor worth another try.
  func error(_ head: HTTPHead, at address: HTTPAddress, file: HubPath? = nil) -> EditError {
    let isOwn = address.origin == settings.address.origin
    var words = isOwn ? head["x-error-message"].map { "the hub says: \(clean($0))" } : nil
    if !isOwn { words = "asked: \(address.origin)" }
    let details = words.map { [$0] } ?? []
    switch head["x-error-code"] {
    case "GatedRepo": return gated(details)
    case "RevisionNotFound":
      return EditError(
        "revision-not-found", .missing,
        "\(model.repository) has no revision \(model.revision.printable)", details: details,
        hint: "\(page)/tree/main shows its branches")
    case "EntryNotFound":
      return EditError(
        "file-not-found", .missing,
        "\(model) has no file \(file.map(\.description) ?? "of this name")", details: details)
    case "RepoNotFound": return unknown(details)
    default: break
    }
    switch head.status {
    case 401 where settings.token == nil, 404: return unknown(details)
    case 401:
      return EditError(
        "token-refused", .notAllowed, "the hub does not accept the token that is set",
        details: details, hint: "a new token in HF_TOKEN, or log in again")
    case 403:
      return EditError(
        "not-allowed", .notAllowed, "the hub does not give \(model) out (403)", details: details,
        hint: page)
    default:
      return EditError(
        "hub-answer", .unavailable, "the hub answers \(head.status) for \(model)",
        details: details + (file.map { ["for the file \($0)"] } ?? []), hint: "try again later")
    }
  }

  /// The error where every try failed.
  func error(_ failure: TransferFailure) -> EditError {
    switch failure {
    case .busy(429, _):
      EditError(
        "hub-busy", .temporary, "the hub has had too many requests from here (429)",
        hint: settings.token == nil ? "wait a while, or set HF_TOKEN" : "wait a while")
    case .busy, .connection, .useless, .cancelled:
      EditError(
        "hub-unreachable", .unavailable,
        "the hub cannot be reached (\(clean(failure.reason)))",
        details: ["its address is \(settings.endpoint)"],
        hint: "the same command again: it goes on where it was")
    }
  }

  private func gated(_ details: [String]) -> EditError {
    let then =
      settings.token == nil
      ? "then set HF_TOKEN, or log in" : "with the account of the token that is set"
    return EditError(
      "model-gated", .notAllowed,
      "\(model) is gated: its publisher gives it to those who accept its terms",
      details: details, hint: "accept its terms on \(page), \(then)")
  }

  private func unknown(_ details: [String]) -> EditError {
    EditError(
      "model-not-found", .missing, "the hub has no model \(model.repository), or it is private",
      details: settings.token == nil ? [] : details,
      hint: settings.token == nil
        ? "check the name; for a private model set HF_TOKEN, or log in" : "check the name")
  }

  private var page: String { "\(settings.endpoint)/\(model.repository)" }

  /// What others wrote, for a terminal, without the token should they repeat it.
  private func clean(_ text: String) -> String {
    var text = text
    if let token = settings.token { text = text.replacingScalars(token, with: "…") }
    return text.printable
  }
}
