import Foundation
import JobStore
import Testing

/// Pages and tables of prompts in which a combining mark follows a quote, a comma or a bracket.
@Suite struct CombiningMarkPagesTests {
  private static let prompt = "a \"\u{301}><b>\u{301} circle,\u{301} red"

  @Test func nothingBreaksOutOfAttributesOrColumns() throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(
      [
        "sweep", "--name", "marks", "--model", RealSweep.model, "--steps", "1", "--cfg", "1",
        "--prompt", Self.prompt, "--to", "\(Self.prompt) || a square,\u{301} \"\u{301}blue",
        "--wait",
      ], folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    let sweeps = folder.state.results + "/sweeps/marks-1/"
    let page = try String(contentsOfFile: sweeps + "index.html", encoding: .utf8)
    let scalars = page.unicodeScalars
    #expect(scalars.firstRange(of: "&quot;\u{301}".unicodeScalars) != nil)
    for raw in ["\"\u{301}", "<b>", ">\u{301}"] {
      #expect(scalars.firstRange(of: raw.unicodeScalars) == nil, "\(raw)")
    }
    let table = try String(contentsOfFile: sweeps + "results.csv", encoding: .utf8)
    let widths = Set(columns(table))
    #expect(widths.count == 1 && (widths.first ?? 0) > 5, "\(widths)")
  }

  /// Columns of each record (RFC 4180, §2), scalar by scalar.
  private func columns(_ table: String) -> [Int] {
    var (counts, count, isQuoted): ([Int], Int, Bool) = ([], 1, false)
    for scalar in table.unicodeScalars {
      switch scalar {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: count += 1
      case "\n" where !isQuoted:
        counts.append(count)
        count = 1
      default: break
      }
    }
    return counts
  }
}
