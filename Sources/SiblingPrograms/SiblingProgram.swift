import EditJobs
import Foundation
public import Subprocess

/// One of our programs as another one starts it.
public struct SiblingProgram: Sendable, Hashable {
  /// Its path, or a bare name that is looked up in `PATH`.
  public let path: String

  /// The program of a name that is installed or built beside this one, else the one in `PATH`.
  public init(named name: String) {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
    path = FileManager.default.isExecutableFile(atPath: beside) ? beside : name
  }

  /// The program at a path, or of a bare name in `PATH`.
  public init(path: String) { self.path = path }

  /// What `Subprocess.run` takes.
  ///
  /// - Throws: `too-many-files` (71) where this process may not open what that takes.
  public var executable: Executable {
    get throws(EditError) {
      try DescriptorRoom.check()
      return path.contains("/") ? .path(Self.literal(path)) : .name(path)
    }
  }

  /// A path as if it had been written in the source: its type belongs to a package that we do not
  /// use ourselves.
  private static func literal<Path: ExpressibleByStringLiteral>(_ text: String) -> Path
  where Path.StringLiteralType == String { Path(stringLiteral: text) }
}
