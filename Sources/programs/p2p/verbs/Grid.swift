import ArgumentParser
import Files
import Foundation
import Imaging
import JobStore
import ResultFiles
import Submissions
import SweepPages

/// `p2p grid`: the labelled picture of a sweep, as far as it is.
struct Grid: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws a sweep's labelled grid as PNG; what is missing is hatched.",
    discussion: "A grid larger than one file may be becomes several: FILE-1.png, FILE-2.png …")

  @Argument(help: "A sweep: 17, crown, @last.")
  var target = "@last"

  @Option(name: .shortAndLong, help: "The file to write.")
  var output = "grid.png"

  @Option(help: "The title; the sweep's name by default.")
  var title: String?

  @Option(help: "Longest side of a picture in pixels, or full.")
  var cell = "256"

  @Flag(help: "Light text on a dark ground.")
  var dark = false

  @OptionGroup var options: StateOptions

  func run() throws {
    var drawing = GridOptions(theme: dark ? .dark : .light)
    drawing.longSide = try longSide()
    let store = try options.open()
    let results = ResultFolder(try options.folder.results)
    let sweep = try store.sweepNumber(target)
    try LostResults(results).remake(try store.cells(.sweep(sweep)), in: store)
    let unreadable = UnreadablePictures()
    let grid = SweepGrid(
      try SweepSnapshot(store, sweep: sweep), results: results, unreadable: unreadable)
    let picture = try GridPicture(grid.description(title: title), options: drawing)
    let files = try files(of: picture)
    for (tile, file) in files.enumerated() {
      try UserFile.write(try picture.png(tile: tile), to: file)
    }
    try unreadable.remake(in: store)
    if files.count > 1, !options.json { Terminal.note("the grid is larger than one file may be") }
    try Output.answer(["files": files], or: files, json: options.json, about: files)
  }

  /// The names of the files. One grid goes to what is there under the name that was typed, and a device
  /// or a pipe takes one alone.
  private func files(of picture: GridPicture) throws(EditError) -> [String] {
    let base = output.hasSuffix(".png") ? String(output.dropLast(4)) : output
    let files = picture.fileNames(base)
    if case .file(let target) = try UserFile.place(output) {
      // A link that leads nowhere yet is there, too.
      let isThere = target != output || FileManager.default.fileExists(atPath: target)
      return isThere && files.count == 1 ? [output] : files
    }
    guard files.count == 1 else {
      throw EditError(
        "cannot-write", .cannotCreate,
        "\(output) is no plain file, and the grid takes \(files.count) files",
        hint: "--cell 64 makes it smaller")
    }
    return [output]
  }

  private func longSide() throws(EditError) -> Int? {
    if cell == "full" { return nil }
    guard let side = Int(cell), (16...4096).contains(side) else {
      throw EditError(
        "bad-option", .usage, "--cell is not 16…4096 or full: \(cell)", hint: "--cell 256")
    }
    return side
  }
}
