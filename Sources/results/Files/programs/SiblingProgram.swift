import Foundation

/// One of our programs as another one starts it.
public struct SiblingProgram: Sendable, Hashable {
  private let name: String
  private let isAnywhere: Bool

  /// The program of a name that is installed or built beside this one, else the one in `PATH`: whichever
  /// is there when it is started.
  public init(named name: String) { (self.name, isAnywhere) = (name, true) }

  /// The program at a path, or of a bare name in `PATH`.
  public init(path: String) { (name, isAnywhere) = (path, false) }

  /// Its path, or a bare name that is looked up in `PATH`.
  public var path: String {
    guard isAnywhere else { return name }
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : name
  }

  /// Where it is looked for, for a person.
  public var place: String {
    guard isAnywhere, path == name else { return path }
    return "\(name), which is neither \(beside) nor in PATH"
  }

  private var beside: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: own).deletingLastPathComponent().appending(path: name).path
  }
}
