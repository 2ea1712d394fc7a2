import Foundation
import Synchronization

/// A hub and its store of large files, two servers with ports of their own: honest unless a test
/// says otherwise.
final class LyingHub: Sendable {
  typealias Request = HubServer.Request
  typealias Answer = HubServer.Answer
  /// May change an answer; `count` is how often the same was asked before.
  typealias Change = @Sendable (_ request: Request, _ count: Int, _ honest: Answer) -> Answer

  let hub: HubServer
  let store: HubServer

  init(
    _ repository: HubRepository = HubRepository(), onHub: @escaping Change = { $2 },
    onStore: @escaping Change = { $2 }
  ) throws {
    let (hubCounts, storeCounts) = (Counts(), Counts())
    let store = try HubServer { request in
      onStore(request, storeCounts.next(request), Self.large(request, repository))
    }
    let address = store.address
    hub = try HubServer { request in
      onHub(request, hubCounts.next(request), Self.small(request, repository, store: address))
    }
    self.store = store
  }

  deinit {
    hub.stop()
    store.stop()
  }

  /// How often each request came.
  private final class Counts: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    func next(_ request: Request) -> Int {
      counts.withLock { counts in
        let key = "\(request.method) \(request.target)"
        defer { counts[key, default: 0] += 1 }
        return counts[key, default: 0]
      }
    }
  }

  /// The hub: the interface, and what it says of files; large ones are elsewhere.
  private static func small(
    _ request: Request, _ repository: HubRepository, store: String
  ) -> Answer {
    let api = "/api/models/\(repository.name)"
    if request.path.hasPrefix("\(api)/revision/") {
      let revision = request.path.dropFirst("\(api)/revision/".count)
      guard ["main", "v%2F1", repository.commit].contains(String(revision)) else {
        return refusal(404, "RevisionNotFound", "Invalid rev id")
      }
      return json(["sha": repository.commit, "gated": false])
    }
    if request.path == "\(api)/tree/\(repository.commit)" { return json(repository.tree) }
    let resolve = "/\(repository.name)/resolve/\(repository.commit)/"
    guard request.path.hasPrefix(resolve) else {
      return refusal(401, "RepoNotFound", "Invalid username or password.")
    }
    let path = String(request.path.dropFirst(resolve.count))
    guard let bytes = repository.files[path] else {
      return refusal(404, "EntryNotFound", "Entry not found")
    }
    var answer = Answer()
    answer.fields = [("X-Repo-Commit", repository.commit)]
    if repository.isLarge(path) {
      answer.status = 302
      answer.fields += [
        ("Location", "\(store)/\(repository.hash(path))?signature=secret-of-the-store"),
        ("X-Linked-Etag", "\"\(repository.hash(path))\""), ("X-Linked-Size", "\(bytes.count)"),
        ("ETag", "\"not-this\""),
      ]
    } else {
      answer.fields.append(("ETag", "W/\"\(repository.hash(path))\""))
      answer.body = bytes
    }
    return answer
  }

  /// The store: bytes by hash, from where they are asked for.
  private static func large(_ request: Request, _ repository: HubRepository) -> Answer {
    let found = repository.files.first { "/\(repository.hash($0.key))" == request.path }
    guard let bytes = found?.value else { return Answer(status: 404) }
    guard let start = request.start else { return Answer(body: bytes) }
    guard start < bytes.count else { return Answer(status: 416) }
    return Answer(
      status: 206,
      fields: [("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)")],
      body: Array(bytes[start...]))
  }

  static func json(_ value: Any) -> Answer {
    let bytes = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
    return Answer(fields: [("Content-Type", "application/json")], body: [UInt8](bytes))
  }

  static func refusal(_ status: Int, _ code: String, _ words: String) -> Answer {
    Answer(status: status, fields: [("X-Error-Code", code), ("X-Error-Message", words)])
  }
}
