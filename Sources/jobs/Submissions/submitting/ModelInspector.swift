public import EditJobs
public import Planner

/// Who knows models and the machine on which they run: a worker program, or somebody who stands in.
public protocol ModelInspector: Sendable {
  /// What there is to know of a model in a folder or file at a size, or at the model's own where it is
  /// `nil`.
  ///
  /// - Throws: what is wrong with the model; why nobody can tell.
  func model(_ folder: String, size: PictureSize?) async throws -> Inspection

  /// What this machine has for native numerics.
  ///
  /// - Throws: why nobody can tell.
  func machine() async throws -> NativeSupport
}
