import EditJobs
import Files
import Foundation
import Planner
import Testing

/// Who wins: what is typed, the environment, a file, a default; and what a file may not say.
@Suite struct ConfigurationTests {
  private func configuration(
    _ yaml: String, environment: [String: String] = [:]
  ) throws -> Configuration {
    let file = FileManager.default.temporaryDirectory.appending(path: "p2p-\(UUID()).yaml")
    try yaml.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Configuration(file: file.path, environment: environment)
  }

  @Test func theNearestVoiceCounts() throws {
    let settings = try configuration(
      "workers: 2\nmaps: {quota: 5GiB}\nmodels: [/srv/a, /srv/b]\n",
      environment: ["P2P_WORKERS": "3", "P2P_MAPS_QUOTA": ""])
    #expect(settings.value(.workers, option: ("--workers", "4"))?.text == "4")
    #expect(settings.value(.workers)?.origin == "P2P_WORKERS")
    #expect(settings.value(.mapsQuota)?.text == "5GiB")
    #expect(settings.value(.mapsQuota)?.origin.hasSuffix(".yaml:2:15") == true)
    #expect(settings.value(.models)?.text == "/srv/a:/srv/b")
    #expect(settings.value(.memory) == .init(text: "60%", origin: "default"))
    #expect(settings.value(.model) == nil)
  }

  @Test(arguments: [
    ("wokers: 2\n", "Did you mean workers?"), ("maps: 20GiB\n", "maps holds"),
    ("workers: [1, 2]\n", "workers takes one value"), ("[1]\n", "the file holds"),
  ])
  func aFileIsReadStrictly(_ yaml: String, _ words: String) throws {
    let error = #expect(throws: EditError.self) { try configuration(yaml) }
    #expect(error?.status == .configuration)
    #expect(error?.what.contains(words) == true, "\(String(describing: error))")
  }

  @Test func aNamedFileMustBeThere() {
    #expect(throws: EditError.self) { try Configuration(file: "/nowhere.yaml", environment: [:]) }
  }
}
