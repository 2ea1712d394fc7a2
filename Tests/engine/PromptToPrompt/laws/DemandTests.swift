import EditJobs
import Layers
import PromptToPrompt
import Tensors
import Testing

extension Laws {
  /// What is asked of attention before a map exists: nothing is built that nobody wants, and the
  /// rounding belongs to the site.
  @Suite struct Demands {
    static let averaged = AttentionSite(stage: .up, index: 0, kind: .cross)
    static let coarse = AttentionSite(stage: .mid, index: 0, kind: .cross)
    static let small = AttentionSite(stage: .down, index: 0, kind: .selfAttention)
    static let large = AttentionSite(stage: .down, index: 1, kind: .selfAttention)
    static let tokens = 8

    static func size(_ side: Int, keys: Int = tokens) -> AttentionMapSize {
      AttentionMapSize(rows: side, columns: side, heads: 2, keys: keys)
    }

    /// A control resolution of 16, and a mid block that has it too.
    static let catalogue = SiteCatalogue(
      entries: [
        .init(site: small, size: size(16, keys: 256)),
        .init(site: large, size: size(32, keys: 1024)),
        .init(site: coarse, size: size(16)), .init(site: averaged, size: size(16)),
      ], control: FeatureSize(rows: 16, columns: 16))

    @Test func catalogueKnowsItsSites() {
      let catalogue = Demands.catalogue
      #expect(
        catalogue.injectable.map(\.site) == [Demands.small, Demands.coarse, Demands.averaged])
      #expect(catalogue.averaged.map(\.site) == [Demands.averaged])
      #expect(catalogue.mapBytes(.f16) == 2 * 2 * 256 * (256 + 8 + 8))
      #expect(catalogue.mapBytes(.f32) == 2 * catalogue.mapBytes(.f16))
      let wide = SiteCatalogue(
        entries: catalogue.entries, control: FeatureSize(rows: 16, columns: 16), selfMax: 32)
      #expect(wide.injectable.count == 4 && wide.averaged.count == 1)
      let other = Demands.size(8)
      #expect(!catalogue.isAveraged(Demands.averaged, other))
    }

    @Test func editsAskForNoMoreThanTheyNeed() throws {
      let tokens = Demands.tokens
      let copies = (0..<tokens).map { [TokenMapper.Share(token: $0 == 1 ? 2 : $0, share: 1)] }
      let mappers: [(TokenMapper, inside: MapUse)] = [
        (.replace(columns: copies), .supply), (.identity, .supply),
        (.refine(sources: (0..<tokens).map { $0 == 3 ? nil : $0 }), .rewrite),
      ]
      for (mapper, inside) in mappers {
        let edit = Demands.edit(mapper)
        // Inside both windows, then with the weight alone, then with nothing.
        let expected: [(MapUse, MapUse, MapUse)] = [
          (inside, inside, .supply), (.rewrite, .rewrite, .none), (.read, .none, .none),
        ]
        for (step, uses) in expected.enumerated() {
          let control = try Demands.control(edit, step)
          let found = [Demands.averaged, Demands.coarse, Demands.small].map {
            Demands.demand(control, $0, step)
          }
          #expect(found.map(\.use) == [uses.0, uses.1, uses.2], "\(mapper), step \(step)")
          #expect(found.map(\.rounded) == [true, true, true])
          #expect(
            Demands.demand(control, Demands.large, step) == MapDemand(use: .none, rounded: false))
          #expect(
            Demands.demand(control, Demands.averaged, step, .unconditional)
              == MapDemand(use: .none, rounded: false))
        }
      }
    }

    @Test func sourcesRoundWhetherLookedAtOrNot() {
      for (precision, rounded) in [(MapsPrecision.f16, true), (.f32, false)] {
        let control = SourceControl(
          Demands.catalogue, precision: precision, kept: [Demands.coarse],
          backend: ReferenceBackend())
        let expected: [(AttentionSite, MapDemand)] = [
          (Demands.averaged, MapDemand(use: .read, rounded: rounded)),
          (Demands.coarse, MapDemand(use: .read, rounded: rounded)),
          (Demands.small, MapDemand(use: .none, rounded: rounded)),
          (Demands.large, MapDemand(use: .none, rounded: false)),
        ]
        for (site, demand) in expected {
          #expect(Demands.demand(control, site, 0) == demand, "\(site), \(precision)")
          #expect(
            Demands.demand(control, site, 0, .unconditional)
              == MapDemand(use: .none, rounded: false))
        }
      }
    }

    private static func edit(_ mapper: TokenMapper) -> ResolvedEdit {
      ResolvedEdit(
        prompt: "any", method: .replace, steps: 3, textLength: tokens, mapper: mapper,
        cross: StepWindow(0, 1), selfWindow: StepWindow(0, 1),
        weights: [.init(token: 2, value: 2, window: StepWindow(1, 2))])
    }

    private static func control(_ edit: ResolvedEdit, _ step: Int) throws -> EditControl {
      let source = SourceSpec(
        model: Digest(of: []), prompt: "some", seed: 1, steps: 3, guidance: 2, width: 8, height: 8)
      let plan = try EditPlan(edit, source: source, textLength: tokens)
      return EditControl(
        [plan], step: step, catalogue: catalogue, precision: .f16, source: [:],
        backend: ReferenceBackend())
    }

    private static func demand(
      _ control: any AttentionControl, _ site: AttentionSite, _ step: Int,
      _ branch: Row.Branch = .conditional
    ) -> MapDemand {
      let size = catalogue.entries.first { $0.site == site }?.size ?? size(1)
      return control.demand(
        at: site, size, PassPosition(pass: step, step: step), Row(lane: 0, branch: branch))
    }
  }
}
