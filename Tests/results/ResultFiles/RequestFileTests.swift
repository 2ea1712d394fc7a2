import EditJobs
import ResultFiles
import Testing

@Suite struct RequestFileTests {
  private let source = SourceSpec(
    model: Digest(of: [1]), prompt: "a \"red\" circle", negative: "", seed: .max, steps: 20,
    guidance: 7.5, width: 64, height: 32, selfMax: 4)

  @Test func sourcesComeBack() throws {
    let results = try TemporaryResults()
    let unit = results.folder.source(source.key)
    try unit.create()
    let request = SourceRequest(source)
    try unit.publish([try request.bytes()], as: unit.request)
    #expect(try SourceRequest.read(unit) == request)
    #expect(try SourceRequest.read(unit).source.key == unit.key)
  }

  @Test func variantsComeBack() throws {
    let results = try TemporaryResults()
    let edit = ResolvedEdit(
      prompt: "a blue circle", method: .replace, steps: 20, textLength: 4,
      mapper: .replace(columns: [
        [.init(token: 0, share: 1)], [.init(token: 1, share: 0.5)], [], [],
      ]),
      cross: StepWindow(0, 16), crossTokens: [.init(token: 1, window: StepWindow(2, 3))],
      selfWindow: StepWindow(0, 8),
      weights: [.init(token: 2, value: -0.1, window: StepWindow(0, 20))],
      blend: ResolvedBlend(source: [1], edit: [2], start: 4))
    let unit = results.folder.variant(edit.key(source: source.key))
    try unit.create()
    let request = VariantRequest(source: source, edit: edit)
    try unit.publish([try request.bytes()], as: unit.request)
    #expect(try VariantRequest.read(unit) == request)
    #expect(request.key == unit.key)
  }
}
