import EditJobs

/// A line that a worker wrote, read by the names that docs/worker-protocol.md gives its members and by
/// nothing that the worker writes it with.
struct HeardEvent: Decodable {
  enum Name: String, Decodable {
    case ready, begun, step, alive, done, dropped, failed, idle
  }

  var event: Name
  var token: Int64?
  var unit: Key?
  var pass: Int?
  var of: Int?
  var step: Int?
  var evaluations: Int?
  var ms: Double?
  var phase: String?
  var manifest: Digest?
  var code: String?
  var message: String?
  var transient: Bool?
  var `protocol`: Int?
  var digest: Digest?
  var fingerprint: String?
  var cpu: String?
  var native_kernels: String?
}
