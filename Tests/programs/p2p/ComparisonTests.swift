import EditJobs
import Foundation
import Imaging
import JobStore
import ResultFiles
import RunMeasures
import Testing

/// How near edits came to their plain re-prompts: in `p2p results`, results.csv and the page.
@Suite struct ComparisonTests {
  private static let words = [
    "--prompt", "a red circle on a white background", "--to",
    "a green circle on a white background",
  ]

  private func submit(_ more: [String], _ folder: TemporaryFolder) throws {
    let ran = try RealSweep.p2p(
      [
        "sweep", "--name", "near", "--model", RealSweep.model, "--steps", "4", "--cfg", "3",
        "--seed",
      ]
        + ["11"] + more + ["--wait"], folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
  }

  private func rows(_ options: [String], _ folder: TemporaryFolder) throws -> [[String: Any]] {
    let ran = try RealSweep.p2p(["results", "near", "--json"] + options, folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(ran.output.utf8))
    let list = json as? [[String: Any]] ?? (json as? [String: Any])?["results"] as? [[String: Any]]
    return try #require(list)
  }

  private func number(_ value: Any?) -> Double? {
    (value as? Double) ?? (value as? String).flatMap(Double.init)
  }

  private func pixels(_ path: String) throws -> PixelBuffer {
    try PNGFile(decoding: Array(try Data(contentsOf: URL(filePath: path)))).pixels
  }

  /// The number is that of the two pictures inside the mask that lies beside the variant's.
  @Test func itIsThePictureInsideTheMask() throws {
    let folder = try TemporaryFolder()
    try submit(Self.words + ["--tau", "0,0.5,1", "--blend", "circle"], folder)
    let all = try rows([], folder)
    #expect(all.count == 4)
    let plain = try #require(all.first { $0["cell"] as? String == "reprompt" })
    let results = ResultFolder(folder.state.results)
    func unit(_ row: [String: Any]) throws -> UnitFolder {
      results.variant(try #require(Key(hex: row["variant"] as? String ?? "")))
    }
    let wanted = try pixels(try unit(plain).picture)
    var compared = 0
    for row in all where row["cell"] as? String != "reprompt" {
      let mask = try pixels(try unit(row).mask)
      let flags = stride(from: 0, to: mask.bytes.count, by: 3).map { mask.bytes[$0] > 127 }
      let expected = try pixels(try unit(row).picture).psnr(
        against: wanted, inside: PictureMask(width: mask.width, height: mask.height, flags: flags))
      let found = try #require(number(row["psnr_reprompt_inside"]), "\(row)")
      #expect(expected.map(Measures.rounded) == found)
      let outside = try #require(number(row["psnr_outside"]))
      #expect(number(row["psnr_edit"]) == min(found, outside))
      compared += 1
    }
    #expect(compared == 3)
    let csv = try RealSweep.file("results.csv", sweep: "near", folder.state)
    #expect(try String(contentsOfFile: csv, encoding: .utf8).contains("psnr_reprompt_inside"))
    let page = try RealSweep.file("index.html", sweep: "near", folder.state)
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("edit "))
  }

  /// `best` puts the better weaker side first; the re-prompt itself is equal to itself.
  @Test func theBestAreNearOnBothSides() throws {
    let folder = try TemporaryFolder()
    try submit(Self.words + ["--tau", "0,0.25,0.5,0.75,1"], folder)
    let sorted = try rows(["--sort", "best"], folder).compactMap { number($0["psnr_edit"]) }
    #expect(sorted.count >= 5 && sorted == sorted.sorted(by: >))
    let all = try rows([], folder)
    let plain = try #require(all.first { $0["cell"] as? String == "reprompt" })
    #expect(number(plain["psnr_reprompt_inside"]) == .infinity)
  }

  /// Without a re-prompt, or without a changed word, there is nothing to compare.
  @Test(arguments: [["--no-reprompt"] + words, words[0...1] + ["--to", words[1], "--tau", "0,1"]])
  func nothingIsSaidWhereNothingIs(_ options: [String]) throws {
    let folder = try TemporaryFolder()
    try submit(options, folder)
    for row in try rows([], folder) {
      #expect(row["psnr_reprompt_inside"] is NSNull, "\(row)")
      #expect(row["psnr_edit"] is NSNull)
    }
  }

  /// What a table of before says nothing of, or what a killed daemon did not write, is compared by the
  /// next daemon; units' files stay.
  @Test func whatIsMissingIsComparedByTheNextDaemon() throws {
    let folder = try TemporaryFolder()
    try submit(Self.words + ["--tau", "0,1"], folder)
    let before = try rows([], folder).map { number($0["psnr_reprompt_inside"]) }
    #expect(before.allSatisfy { $0 != nil })
    let files = try RealSweep.digests(folder.state)
    let emptied = try Ran(
      "sqlite3", [folder.state.database, "DELETE FROM comparison"])
    #expect(emptied.status == 0, "\(emptied.errors)")
    #expect(try rows([], folder).allSatisfy { $0["psnr_reprompt_inside"] is NSNull })
    let ran = try Ran(
      Built.program("p2pd"), ["run", "--embedded"],
      ["P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results])
    #expect(ran.status == 0, "\(ran.errors)")
    #expect(try rows([], folder).map { number($0["psnr_reprompt_inside"]) } == before)
    #expect(try RealSweep.digests(folder.state) == files)
  }
}
