public import EditJobs

/// The names of cells' files: the coordinates, so that they stay when a grid grows.
public enum CellFileName {
  /// `tau0.75_w-crown2.png`: only `[a-z0-9._-]`, texts by the ordinal of their value (`to2`).
  ///
  /// - Parameters:
  ///   - coordinates: the cell's, sorted by axis name.
  ///   - role: what the cell is for.
  ///   - axes: the sweep's axes, for the ordinals of texts.
  public static func of(
    coordinates: [Coordinate], role: Submission.Role, axes: [SweepAxis]
  ) -> String {
    let parts = coordinates.map { part($0, axes) }
    let stem = ((role == .reprompt ? ["reprompt"] : []) + parts).joined(separator: "_")
    if stem.isEmpty { return "cell.png" }
    guard stem.utf8.count <= 200 else {
      let text = coordinates.map { "\($0.axis)=\($0.value)" }.joined(separator: "\n")
      return "\(role.rawValue)-\(Digest(of: text.utf8).description.prefix(16)).png"
    }
    return stem + ".png"
  }

  /// A value never holds an underscore, so the parts cannot run into each other.
  private static func part(_ coordinate: Coordinate, _ axes: [SweepAxis]) -> String {
    let name = safe(coordinate.axis.prefix(32), keeping: "_")
    if AxisKind(name: coordinate.axis)?.isText == true {
      let values = axes.flatMap(\.members).first { $0.name == coordinate.axis }?.values ?? []
      return "\(name)\((values.firstIndex(of: coordinate.value) ?? 0) + 1)"
    }
    return name + safe(coordinate.value.filter { !"[]".contains($0) }[...], keeping: "")
  }

  private static func safe(_ text: Substring, keeping extra: String) -> String {
    String(
      text.lowercased().map { character in
        let isSafe =
          character.isASCII
          && (character.isLetter || character.isNumber || ".-\(extra)".contains(character))
        return isSafe ? character : "-"
      })
  }
}
