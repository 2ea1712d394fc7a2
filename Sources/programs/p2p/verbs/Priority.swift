import ArgumentParser
import EditJobs
import Files
import JobStore

/// `p2p priority`: what is claimed first.
struct Priority: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sets how urgent sweeps, cells or a unit's cells are.",
    discussion: """
      Higher goes first; sweeps have 0 unless they say otherwise. What runs is not interrupted. A \
      picture that several cells share is as urgent as the most urgent of them.
      """)

  @Argument(help: "A sweep, cells or a unit: 17, crown, 17:r2c3, 17:tau=0.5, v-9c41, @last, all.")
  var target: String

  // A negative number is no option.
  @Argument(parsing: .allUnrecognized, help: "-100 to 100.")
  var priority: [String]

  @OptionGroup var options: StateOptions

  func run() throws {
    guard priority.count == 1, let number = Int(priority[0]) else {
      throw EditError(
        "bad-priority", .usage,
        "a priority is -100 to 100, not \(priority.joined(separator: " "))",
        hint: "p2p priority \(target) 10")
    }
    let store = try options.open()
    let changed = try store.prioritise(
      try store.resolve(target), number, now: WallClock.now)
    if options.json {
      try JSONOutput.print(
        Answer(priority: number, cells: changed.cells, units: changed.units.map(\.description)))
    } else {
      try Output.line(
        "priority \(number) for \(changed.cells) cells; \(changed.units.count) units moved")
    }
  }

  private struct Answer: Encodable {
    var priority: Int
    var cells: Int
    var units: [String]
  }
}
