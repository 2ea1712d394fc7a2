import EditJobs
import Foundation
import Subprocess

/// The other two programs, found beside this one or in `PATH`.
enum Programs {
  /// The path of a program that is installed or built beside this one, else its bare name.
  static func path(of name: String) -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : name
  }

  /// An executable for `Subprocess.run`.
  static func executable(_ name: String) -> Executable {
    let path = path(of: name)
    return path.contains("/") ? .path(Self.literal(path)) : .name(path)
  }

  /// The path type belongs to a package that is not ours to import; it is made as a literal is.
  private static func literal<Path: ExpressibleByStringLiteral>(
    _ text: String
  ) -> Path where Path.StringLiteralType == String { Path(stringLiteral: text) }
}
