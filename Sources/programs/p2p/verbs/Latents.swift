import ArgumentParser
import EditJobs
import Files
import JobStore
import ResultFiles
import RunMeasures
import Safetensors
import Submissions

/// `p2p latents`: every step of a run as a safetensors file.
struct Latents: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a unit's latents of all steps, float32, as safetensors.",
    discussion: """
      One tensor, latents (steps + 1, channels, height, width); index 0 is the noise. A unit that \
      is still running gives the steps that it has. What stands between two passes of one step is \
      left out. A photograph's source has a second tensor, inversion, whose index 0 is the \
      photograph and whose last one is the noise.
      """)

  @Argument(help: "A unit or one cell: s-1f3a, v-9c41, 17:r2c3.")
  var unit: String

  @Option(name: .shortAndLong, help: "The file to write.")
  var output: String

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.open()
    let found = try UnitLookup(
      unit, store: store, results: ResultFolder(options.folder.results))
    let path = found.folder.trajectory
    guard let reader = try? TrajectoryReader(path: path), let header = reader.header,
      let last = reader.pass
    else {
      throw EditError(
        "no-trajectory", .missing, "\(found.row.name) has no trajectory (\(path))",
        details: ["trajectories of finished variants may have been cleaned up"],
        hint: "p2p status \(found.row.name)")
    }
    guard let source = try store.sourceSpec(found.row.source ?? found.row.key) else {
      throw EditError(
        "no-such-target", .missing, "\(found.row.name) has no source", hint: "p2p status")
    }
    let sampler = source.sampler
    let passes = (0..<max(last + 1, 0)).filter {
      $0 == 0
        || sampler.completeSteps(after: $0, of: source.steps)
          > sampler.completeSteps(after: $0 - 1, of: source.steps)
    }
    var writer = SafetensorsWriter(metadata: ["key": found.row.key.description])
    let inverted = (reader.firstPass..<0).isEmpty ? [] : Array(reader.firstPass...min(last, 0))
    func add(_ name: String, _ records: [Int]) -> [Int] {
      let shape = [records.count] + header.latents
      guard !records.isEmpty else { return shape }
      writer.add(name, shape: shape, records.flatMap { reader.latents($0) ?? [] })
      return shape
    }
    _ = add("inversion", inverted)
    let shape = add("latents", passes)
    try UserFile.write(writer.bytes(), to: output)
    try Output.answer(
      Answer(unit: found.row.key.description, shape: shape, file: output),
      or: ["\(output): latents \(shape) of \(found.row.name)"], json: options.json,
      about: [output])
  }

  private struct Answer: Encodable {
    var unit: String
    var shape: [Int]
    var file: String
  }
}
