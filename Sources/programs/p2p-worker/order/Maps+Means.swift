import EditJobs
import Files
import Foundation
import PromptToPrompt
import ResultFiles
import RunMeasures
import Safetensors
import StableDiffusion
import Tensors

extension Maps {
  /// `--mean`: what all heads have in the mean, added up over stretches of steps.
  func writeMeans(_ order: WorkOrder, _ setting: SourceSetting, _ maps: SourceMaps) throws {
    var writer = SafetensorsWriter(metadata: ["key": order.sourceKey.description])
    let sites = try sites(setting)
    for text in mean {
      var means = SiteMeans(steps: try Self.steps(text, of: setting.spec.steps))
      for step in means.steps {
        let position = setting.denoiser.position(
          setting.denoiser.sampler.passes(completing: step + 1) - 1)
        for (site, map) in try maps.maps(at: position, sites: sites).maps {
          setting.backend.withBytes(of: map) {
            means.add(
              site.description, heads: map.shape[0], map.element == .f16 ? .f16 : .f32, $0)
          }
        }
      }
      means.add(to: &writer)
    }
    try UserFile.write(writer.bytes(), to: output)
  }

  private static func steps(_ text: String, of count: Int) throws -> Range<Int> {
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let from = ends[0], let to = ends[1], 0 <= from, from < to, to <= count
    else {
      throw EditError(
        "step-outside", .data, "\(text) are no steps of a run of \(count)", hint: "0:\(count)")
    }
    return from..<to
  }
}
