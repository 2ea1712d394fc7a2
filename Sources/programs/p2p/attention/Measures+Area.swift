import Foundation
import RunMeasures

extension Measures {
  /// The share of the picture outside the mask, for people; `nil` where nothing is masked.
  var outsideArea: String? {
    maskArea.map { area in
      let percent = 100 * (1 - area)
      return String(format: percent < 10 ? "%.1f %%" : "%.0f %%", percent)
    }
  }
}
