import Files
import HubCache

/// Fetches one blob into its partial file: resumes, begins again where it must, checks the hash.
struct BlobDownload {
  let hub: HubConnection
  let events: (PullEvent) -> Void
  /// Asks for the file again where its address has expired.
  let refresh: () throws -> RemoteFile

  /// What one request came to.
  private enum Outcome { case whole, notThatRange, expired }

  /// Signed addresses may expire so often without a byte in between.
  private static let mostExpiries = 3

  /// Fetches what is missing.
  ///
  /// - Throws: `EditError`: `hub-hash`, `hub-size` (65) where the bytes are wrong;
  ///   `hub-unreachable` (69), `hub-busy` (75) after the last try; `HubInterrupted`.
  func run(_ remote: RemoteFile, into partial: PartialFile) throws {
    var (file, retries, restarts, expiries) = (remote, hub.retries(), 0, 0)
    func restart(_ why: String) throws {
      restarts += 1
      guard restarts == 1 else {
        partial.discard()
        throw wrongBytes(file, why)
      }
      events(.restarted(file.path, why))
      try partial.restart()
    }
    while !partial.isRight {
      if partial.isFull {
        try restart("its bytes have another hash than the hub says")
        if partial.isFull { continue }
      }
      let before = partial.count
      do {
        switch try request(file, partial) {
        case .whole: break
        case .notThatRange: try restart("the server does not go on behind byte \(before)")
        case .expired:
          expiries = partial.count > before ? 1 : expiries + 1
          guard expiries <= Self.mostExpiries else { throw expired(file) }
          file = try refresh()
        }
      } catch let failure as TransferFailure {
        if partial.count > before { retries.progressed() }
        try hub.wait(&retries, after: failure)
      }
    }
  }

  private func request(_ file: RemoteFile, _ partial: PartialFile) throws -> Outcome {
    let start = partial.count
    let events = events
    var isBegun = false
    let (head, at) = try hub.bytes(
      file.location, fields: start > 0 ? ["Range: bytes=\(start)-"] : []
    ) { head, bytes in
      guard head.status == 200 || head.status == 206 else { return }
      if !isBegun { try begin(head, file, partial, start: start) }
      isBegun = true
      guard partial.count + Int64(bytes.count) <= file.size else {
        throw wrongSize(file, "more than that came")
      }
      try partial.append(bytes)
      events(.received(file.path, count: bytes.count))
    }
    switch head.status {
    case 200, 206:
      guard partial.isFull else {
        throw TransferFailure.connection("the answer ended after \(partial.count) bytes")
      }
      return .whole
    case 416: return .notThatRange
    // A signature is valid for an hour or so; the hub makes a new one.
    case 401, 403:
      if at.origin != hub.settings.address.origin { return .expired }
      throw hub.refusal.error(head, at: at, file: file.path)
    default: throw hub.refusal.error(head, at: at, file: file.path)
    }
  }

  /// Looks at the head of an answer before its first byte is written.
  private func begin(
    _ head: HTTPHead, _ file: RemoteFile, _ partial: PartialFile, start: Int64
  ) throws {
    if head.status == 206 {
      guard let range = head.contentRange, range.start == start else {
        throw wrongSize(file, "the answer does not begin at byte \(start)")
      }
      guard (range.total ?? file.size) == file.size else {
        throw wrongSize(file, "the answer is part of \(range.total ?? 0) bytes")
      }
      return
    }
    if let length = head.contentLength, length != file.size {
      throw wrongSize(file, "the answer is to have \(length) bytes")
    }
    if start > 0 {
      events(.restarted(file.path, "the server sends it from its first byte"))
      try partial.restart()
    }
  }

  private func wrongSize(_ file: RemoteFile, _ what: String) -> EditError {
    EditError(
      "hub-size", .data, "\(hub.model): \(file.path) does not have the size that the hub says",
      details: ["it should have \(file.size) bytes; \(what)"], hint: "try again later")
  }

  private func wrongBytes(_ file: RemoteFile, _ why: String) -> EditError {
    EditError(
      "hub-hash", .data, "\(hub.model): \(file.path) was fetched twice and cannot be used",
      details: [why, "the hub says \(file.blob)", "nothing of it was kept"],
      hint: "try again later; a proxy between here and the hub may change what it passes on")
  }

  private func expired(_ file: RemoteFile) -> EditError {
    EditError(
      "hub-answer", .unavailable,
      "\(hub.model): \(file.location.origin) does not give \(file.path) out",
      details: ["every new address that the hub gave was refused too"], hint: "try again later")
  }
}
