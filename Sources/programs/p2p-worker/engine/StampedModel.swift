import EditJobs
import Files
import StableDiffusion

/// A model's description, the digest of its files, and the stamps that show that both are still right.
struct StampedModel {
  /// What its configs say.
  let description: ModelDescription
  /// The hash of its files.
  let digest: Digest
  /// Every path that was read or looked for, as it was before it was read.
  let files: [StampedFile]

  /// How often a model is read that changes meanwhile.
  private static let tries = 3

  /// Reads a model's configs and hashes its files.
  ///
  /// - Throws: what is wrong with the model, and `model-changing` (transient) where its files change
  ///   each time that they are read.
  init(_ location: ModelLocation, _ hashes: inout ModelDigest) throws {
    for _ in 0..<Self.tries {
      // What is stamped is read after it: a change in between shows at the end.
      let files = StampedFile.settled(try ModelDescription(location).inputs)
      let description = try ModelDescription(location)
      let digest = try hashes.digest(of: description)
      guard description.inputs == files.map(\.path), files.allSatisfy(\.isCurrent) else { continue }
      (self.description, self.digest, self.files) = (description, digest, files)
      return
    }
    throw Self.changing(location)
  }

  /// Reads more of a model by `body`, anew where a file changed meanwhile: what `body` read is what was
  /// hashed.
  static func reading<Value>(
    _ location: ModelLocation, _ hashes: inout ModelDigest, _ body: (StampedModel) throws -> Value
  ) throws -> (model: StampedModel, value: Value) {
    for _ in 0..<tries {
      let model = try StampedModel(location, &hashes)
      let value = try body(model)
      if model.isCurrent { return (model, value) }
    }
    throw changing(location)
  }

  /// Whether no file has changed since.
  var isCurrent: Bool { files.allSatisfy(\.isCurrent) }

  private static func changing(_ location: ModelLocation) -> EditError {
    EditError(
      "model-changing", .temporary, "the model at \(location) is written while it is read",
      hint: "wait until it is whole")
  }
}
