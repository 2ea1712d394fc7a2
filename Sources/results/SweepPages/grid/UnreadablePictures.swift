public import EditJobs
import Files
import Imaging
import ResultFiles
import Synchronization

/// The pictures of done units that could not be read while a grid was drawn.
public final class UnreadablePictures: Sendable {
  /// One of them.
  public struct Picture: Sendable, Hashable {
    /// The unit.
    public var key: Key
    /// The picture's file.
    public var path: String
    /// Why it cannot be read.
    public var reason: String
  }

  private let pictures = Mutex<[Picture]>([])

  /// None so far.
  public init() {}

  /// Those found so far, each once.
  public var found: [Picture] { pictures.withLock(\.self) }

  func note(_ unit: UnitFolder, _ error: any Error) {
    let reason =
      switch error {
      case let error as FileError: error.reason
      case let error as ImagingError: error.what
      default: "\(error)"
      }
    pictures.withLock { pictures in
      let picture = Picture(key: unit.key, path: unit.picture, reason: reason)
      if !pictures.contains(picture) { pictures.append(picture) }
    }
  }
}
