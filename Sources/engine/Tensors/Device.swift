/// A backend with a machine behind it: memory that it takes and gives back, its own layouts of weights,
/// and somebody who does other work while a model goes on.
public protocol Device: Backend {
  /// The machine for people, e.g. `x86-64-v4; AMD EPYC`.
  var hardware: String { get }

  /// Bytes of the weights that are loaded, in the layouts that they are read in.
  var weightBytes: Int { get }
  /// Bytes of tensors and working memory that were taken from the system, in use or waiting for the
  /// next tensor; weights are not among them.
  var heldBytes: Int { get }
  /// Bytes that a checkpoint's weight of this shape and element type would take here; nothing is loaded.
  func bytes(ofWeight shape: [Int], element: ElementType, role: WeightRole) -> Int
  /// Gives pooled memory that no tensor uses back to the system.
  func trim()

  /// Has somebody else do a job between operations, while the calling thread goes on; where there is
  /// nobody else it is done at once.
  ///
  /// Jobs are done one at a time, in the order in which they came, and use no backend's operations but
  /// `withBytes`. What a job holds is let go of when it is done.
  func aside(_ job: @escaping @Sendable () -> Void)
  /// Returns when every job of `aside` is done; the calling thread does those that nobody has begun.
  func finishAside()
}
