public import Files
public import Subprocess

extension SiblingProgram {
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
