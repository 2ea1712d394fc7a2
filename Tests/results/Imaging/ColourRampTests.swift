import Foundation
import Imaging
import Testing

/// Colours for numbers, and how they lie over a picture.
@Suite struct ColourRampTests {
  private static let heat = ColourRamp.heat

  @Test func lightnessRisesWithEveryStep() {
    let steps = Self.heat.steps
    #expect(steps.count == 256)
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.lightness < $1.lightness })
    #expect(abs(steps[0].lightness - 0.15) < 1e-9 && abs(steps[255].lightness - 0.97) < 1e-9)
    // Also as eight bits and as grey: Rec. 709 luma of the bytes.
    let greys = Self.heat.colors.map {
      0.2126 * Double($0.red) + 0.7152 * Double($0.green) + 0.0722 * Double($0.blue)
    }
    #expect(zip(greys, greys.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func neighboursAreEquallyFarApart() {
    let steps = Self.heat.steps
    let distances = zip(steps, steps.dropFirst()).map { $0.distance(to: $1) }
    let mean = distances.reduce(0, +) / Double(distances.count)
    #expect(distances.allSatisfy { abs($0 / mean - 1) < 0.15 })
    #expect(steps.allSatisfy { $0.isInGamut })
  }

  @Test func bytesAreTheNearestToTheirColours() {
    for ramp in [ColourRamp.heat, .difference] {
      for (step, color) in zip(ramp.steps, ramp.colors) {
        #expect(step.isInGamut && step.distance(to: OKLab(color)) < 0.01)
      }
    }
  }

  @Test func whiteIsTheMiddleOfDifferences() {
    let middle = ColourRamp.difference[0.5]
    #expect(middle.red == middle.green && middle.green == middle.blue && middle.red > 240)
    #expect(ColourRamp.difference[0].blue > ColourRamp.difference[0].red)
    #expect(ColourRamp.difference[1].red > ColourRamp.difference[1].blue)
    let steps = ColourRamp.difference.steps
    for far in 1...128 {
      #expect(abs(steps[128 - far].lightness - steps[128 + far].lightness) < 1e-9)
    }
  }

  @Test func whatIsOutsideHasTheColourOfTheEnd() {
    #expect(Self.heat[-3] == Self.heat.colors[0] && Self.heat[.nan] == Self.heat.colors[0])
    #expect(Self.heat[7] == Self.heat.colors[255])
  }

  @Test func nothingLeavesTheGreyPictureAndTheMostCoversIt() {
    let picture = PixelBuffer(width: 3, height: 1, red: 200, green: 100, blue: 50)
    let drawn = HeatPicture(.heat, range: 0...2).over(picture, [0, 2, 5])
    let ground = drawn[0, 0]
    // 60 % of the luma of 200, 100, 50.
    #expect(ground.red == 71 && ground.green == 71 && ground.blue == 71)
    let top = ColourRamp.heat.colors[255]
    for x in 1...2 { #expect(drawn[x, 0] == (top.red, top.green, top.blue)) }
  }

  @Test func ticksAreRoundAndReachTheEnd() {
    #expect(ScaleTicks.values(to: 0) == [0])
    for end in [0.0031, 0.045, 0.1, 0.643, 0.755, 1, 7.3, 96.1] {
      let ticks = ScaleTicks.values(to: end)
      #expect(ticks.first == 0 && ticks.last == end && (3...7).contains(ticks.count), "\(ticks)")
      #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $1 - $0 > end / 12 }, "\(ticks)")
    }
    #expect(ScaleTicks.values(to: 0.643).count == 4, "0, 0.2, 0.4 and the end")
  }
}
