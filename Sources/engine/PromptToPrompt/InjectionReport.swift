public import EditJobs
public import Files
import Layers

/// How many columns of each site's map one pass took from the source (law 6).
///
/// Of a cross-attention map that is a number of tokens, of a self-attention map all its positions.
public struct InjectionReport: Hashable, Sendable {
  /// Columns from the source; a site that is not named took none.
  public private(set) var columns: [AttentionSite: Int] = [:]

  /// Starts with nothing injected.
  public init() {}

  /// Takes counts by site.
  public init(columns: [AttentionSite: Int]) { self.columns = columns.filter { $0.value != 0 } }

  /// Notes that a site took columns from the source.
  mutating func note(_ count: Int, at site: AttentionSite) {
    if count > 0 { columns[site, default: 0] += count }
  }

  /// Refuses a finished variant that should have taken something from its source and did not.
  ///
  /// - Parameters:
  ///   - edit: what the variant was.
  ///   - columns: columns injected over all its passes and sites.
  /// - Throws: `nothing-injected`, a fault of the program.
  public static func check(_ edit: ResolvedEdit, columns: Int) throws(EditError) {
    guard edit.injects, columns == 0 else { return }
    throw EditError(
      "nothing-injected", .software,
      "no map of the source entered the edit \"\(edit.prompt)\", though its windows are not empty",
      details: [
        "cross attention: steps \(edit.cross.from)..<\(edit.cross.to)",
        "self attention: steps \(edit.selfWindow.from)..<\(edit.selfWindow.to)",
      ])
  }
}
