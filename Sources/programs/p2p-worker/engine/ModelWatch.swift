import EditJobs
import Files
import StableDiffusion

/// Sees whether the files of a loaded model are still those of its digest. For the computing thread.
final class ModelWatch {
  private let location: ModelLocation
  private var hashes: ModelDigest
  private var model: StampedModel
  /// Other files that were found, and what was said of them.
  private var other: (files: [StampedFile], error: EditError)?

  /// Watches a model that was just read; `hashes` hashes what changes.
  init(_ model: StampedModel, at location: ModelLocation, _ hashes: ModelDigest) {
    (self.model, self.location, self.hashes) = (model, location, hashes)
  }

  /// Looks at the files; those whose stamp is another are hashed again.
  ///
  /// A few dozen calls of the system where nothing changed.
  /// - Throws: `model-changed` (transient) where the digest is another or cannot be found;
  ///   `model-changing` (transient).
  func check() throws {
    if model.isCurrent {
      other = nil
      return
    }
    if let other, other.files.allSatisfy(\.isCurrent) { throw other.error }
    let found: StampedModel
    do {
      found = try StampedModel(location, &hashes)
    } catch let error as EditError where error.code == "model-changing" {
      throw error
    } catch {
      throw Self.changed(
        location, .temporary, ["it cannot be read any more: \(UnitFailure(error).error.what)"])
    }
    guard found.digest == model.digest else {
      let error = Self.changed(location, .temporary, digest: found.digest, expected: model.digest)
      other = (found.files, error)
      throw error
    }
    model = found
  }

  /// Reads more of the model's files by `body`, anew where one changed meanwhile; throws what `check`
  /// and `body` throw.
  func reading<Value>(_ body: () throws -> Value) throws -> Value {
    while true {
      try check()
      let value = try body()
      if model.isCurrent { return value }
    }
  }

  /// What is said of a model whose digest is not the one that was asked for.
  static func changed(
    _ location: ModelLocation, _ status: ExitStatus, digest: Digest, expected: Digest
  ) -> EditError {
    changed(location, status, ["its digest is \(digest)", "asked for was \(expected)"])
  }

  private static func changed(
    _ location: ModelLocation, _ status: ExitStatus, _ details: [String]
  ) -> EditError {
    EditError(
      "model-changed", status, "the model at \(location) is not the one that was asked for",
      details: details, hint: "put the old files back, or enqueue again")
  }
}
