import EditJobs
import JobStore

/// Models that workers found other files of than those of their digest, and how long nothing of them is
/// claimed: 1 s, 2 s, 4 s … a minute.
struct OtherModels {
  /// How often the same other files are found before the model is given up.
  static let limit = 3

  private struct Finding {
    /// What was found last; `nil` where the files were being written.
    var message: String?
    /// How often that was found in a row.
    var same = 0
    var count = 0
    var until = ContinuousClock.now
  }

  private var findings: [LoadedModel: Finding] = [:]

  /// Nothing of a model is claimed for now.
  mutating func bar(_ model: LoadedModel) {
    findings[model, default: Finding()].until = .now + .seconds(1)
  }

  /// What a worker's last word on a model was; whether it is given up, because nothing moves there
  /// any more.
  mutating func found(_ model: LoadedModel, _ refusal: WorkerEvent.Refusal) -> Bool {
    var finding = findings[model] ?? Finding()
    let isWhole = FailureMeaning(rawValue: refusal.code) == .modelChanged
    finding.same =
      isWhole && finding.message == refusal.message ? finding.same + 1 : isWhole ? 1 : 0
    finding.message = isWhole ? refusal.message : nil
    finding.count += 1
    finding.until = .now + .seconds(min(60, 1 << min(finding.count - 1, 6)))
    let isGivenUp = finding.same >= Self.limit
    findings[model] = isGivenUp ? nil : finding
    return isGivenUp
  }

  /// A model's files are those of its digest.
  mutating func isRight(_ model: LoadedModel) { findings[model] = nil }

  /// Models that are passed over now.
  var barred: Set<Digest> {
    Set(findings.filter { $0.value.until > .now }.keys.map(\.model))
  }

  /// Whether there is a model that may have to be looked at again.
  var isWaiting: Bool { !findings.isEmpty }
}
