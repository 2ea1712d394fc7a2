"""The drawn world: coloured shapes on coloured backgrounds, each picture with its caption.

    a small red circle next to a glowing blue star on a yellow background

A scene is a dictionary: the background's colour `back`, whether the caption names it (`said`), one
thing `a`, and with a relation `rel` a second thing `b`.  A thing has a shape, a colour, whether the
caption names that colour (`named`), a size (or None) and a strength of glow.

    python world.py SHEET.png        # what scenes look like
"""
import random
import sys

import torch
import torch.nn.functional as F

SHAPES = ("circle", "square", "triangle", "star", "heart", "ring")
COLORS = {
    "red": (.88, .16, .16), "green": (.20, .66, .28), "blue": (.18, .36, .88), "yellow": (.98, .84, .20),
    "purple": (.56, .26, .74), "orange": (.98, .55, .12), "pink": (.97, .56, .74), "white": (.97, .97, .97),
    "black": (.08, .08, .10), "gray": (.55, .56, .58),
}
SIZES = {"small": .72, "big": 1.2}
RELATIONS = ("next to", "next to", "above", "below")

# Pairs of colour and shape that no training scene has: what the model makes of them is composition.
HELD_OUT = {("purple", "star"), ("green", "heart"), ("orange", "ring"), ("blue", "triangle")}

# How often scenes have what: outlines that are learnt last are drawn more often.
SHAPE_WEIGHTS = {"circle": 1.2, "star": 1.5}
ONE_THING, SIZED, SMALL, GLOWING, COLOR_UNNAMED, BACK_NAMED = .5, .3, .6, .15, .06, .85


def signed_distance(shape, x, y):
    """Distance to the outline of a shape of radius about 1, negative inside (approximate)."""
    radius = (x * x + y * y + 1e-9).sqrt()
    if shape == "circle":
        return radius - .92
    if shape == "square":
        return torch.maximum(x.abs(), y.abs()) - .80
    if shape == "triangle":
        return torch.maximum(y - .62, .87 * x.abs() - .5 * y - .46)
    if shape == "ring":
        return (radius - .70).abs() - .24
    if shape == "heart":
        up, side = .12 - y, 1.08 * x.abs()
        return (side ** 2 + (1.1 * up - .62 * side.sqrt()) ** 2).sqrt() - .80
    if shape == "star":
        turn = torch.atan2(x, -y)
        return radius - (.50 + .46 * (((5 * turn).cos() + 1) / 2) ** 1.6)
    raise KeyError(shape)


def draw_thing(rng, avoid=(), held_out=HELD_OUT):
    """A thing whose colour is none of `avoid` and whose pair of colour and shape is not held out."""
    while True:
        size = None
        if rng.random() < SIZED:
            size = "small" if rng.random() < SMALL else "big"
        thing = {
            "shape": rng.choices(SHAPES, [SHAPE_WEIGHTS.get(s, 1) for s in SHAPES])[0],
            "color": rng.choice([c for c in COLORS if c not in avoid]),
            "named": rng.random() >= COLOR_UNNAMED,
            "size": size,
            "glow": rng.uniform(.35, 1) if rng.random() < GLOWING else 0.,
        }
        if (thing["color"], thing["shape"]) not in held_out:
            return thing


def draw_scene(rng, held_out=HELD_OUT):
    """A random scene of one or two things."""
    back = rng.choice(list(COLORS))
    scene = {"back": back, "said": rng.random() < BACK_NAMED, "rel": None, "b": None}
    scene["a"] = draw_thing(rng, (back,), held_out)
    if rng.random() >= ONE_THING:
        scene["rel"] = rng.choice(RELATIONS)
        scene["b"] = draw_thing(rng, (back, scene["a"]["color"]), held_out)
    return scene


def thing_words(thing):
    """The words that name a thing, without the article."""
    words = [thing["size"], "glowing" if thing["glow"] else None,
             thing["color"] if thing["named"] else None, thing["shape"]]
    return [w for w in words if w]


def with_article(words):
    return ("an " if words[0][0] in "aeiou" else "a ") + " ".join(words)


def caption(scene):
    """The sentence that describes a scene."""
    text = with_article(thing_words(scene["a"]))
    if scene["b"]:
        text += f" {scene['rel']} {with_article(thing_words(scene['b']))}"
    if scene["said"]:
        text += f" on {with_article([scene['back'], 'background'])}"
    return text


def word_groups(scene):
    """What each word of the caption speaks of: 0 nothing, 1 and 2 the things, 3 the background."""
    groups = [0] + [1] * len(thing_words(scene["a"]))
    if scene["b"]:
        groups += [0] * len(scene["rel"].split()) + [0] + [2] * len(thing_words(scene["b"]))
    if scene["said"]:
        groups += [0, 0, 3, 3]
    return groups


class Painter:
    """Paints batches of scenes."""

    def __init__(self, device="cpu", size=64):
        self.device, self.size = device, size
        line = (torch.arange(size, device=device) + .5) * 2 / size - 1
        self.y, self.x = torch.meshgrid(line, line, indexing="ij")

    def tensor(self, values):
        return torch.tensor(values, dtype=torch.float32, device=self.device)

    def place(self, scene, who, rng):
        """Centre, radius and turn of one thing, in a square from -1 to 1."""
        thing, pair = scene[who], scene["b"] is not None
        radius = (.40 if pair else .56) * SIZES.get(thing["size"], 1) * rng.uniform(.92, 1.08)
        along, across = rng.uniform(.44, .54), rng.uniform(-.22, .22)
        sign = 1 if who == "b" else -1
        if not pair:
            center = (rng.uniform(-.22, .22), across)
        elif scene["rel"] == "next to":
            center = (sign * scene.setdefault("side", rng.choice([-1, 1])) * along, across)
        else:
            center = (across, sign * along * (1 if scene["rel"] == "above" else -1))
        return (*center, radius, rng.uniform(-.10, .10))

    def distances(self, things, places):
        """Signed distance of every pixel to each thing's outline, in radii, and the upright coordinate."""
        cx, cy, radius, turn = (places[:, i].view(-1, 1, 1) for i in range(4))
        x, y = self.x[None] - cx, self.y[None] - cy
        u = (x * turn.cos() + y * turn.sin()) / radius
        v = (y * turn.cos() - x * turn.sin()) / radius
        distance = torch.empty_like(u)
        for shape in SHAPES:
            rows = [i for i, thing in enumerate(things) if thing["shape"] == shape]
            if rows:
                distance[rows] = signed_distance(shape, u[rows], v[rows])
        return distance, v

    def paint(self, scenes, rng):
        """Pictures (n, 3, size, size) from 0 to 1, and masks (n, 2, size/4, size/4) of the two things."""
        count = len(scenes)
        backs = self.tensor([COLORS[s["back"]] for s in scenes]).view(count, 3, 1, 1)
        image = backs * (1 - .05 * (self.y + 1)).expand(count, 3, -1, -1)
        cover = torch.zeros(2, count, self.size, self.size, device=self.device)
        for index, who in ((1, "b"), (0, "a")):
            rows = [i for i, scene in enumerate(scenes) if scene[who]]
            if not rows:
                continue
            things = [scenes[i][who] for i in rows]
            places = self.tensor([self.place(scenes[i], who, rng) for i in rows])
            distance, v = self.distances(things, places)
            color = self.tensor([COLORS[t["color"]] for t in things]).view(-1, 3, 1, 1)
            glow = self.tensor([t["glow"] for t in things]).view(-1, 1, 1)
            halo = (.92 * glow * torch.exp(-2.2 * distance.clamp(min=0)))[:, None]
            under = image[rows]
            under = under + (color + .35 * (1 - color) - under) * halo
            inside = (.5 - distance * places[:, 2].view(-1, 1, 1) * self.size / 2.2).clamp(0, 1)
            body = (color * (1.06 - .08 * (v[:, None] + 1))).clamp(0, 1)
            image[rows] = torch.lerp(under, body, inside[:, None])
            cover[1 - index, rows] *= 1 - inside
            cover[index, rows] = inside
        return image.clamp(0, 1), F.avg_pool2d(cover, 4).transpose(0, 1)


def sheet(pictures, columns=8, scale=2):
    """Pictures (n, 3, size, size) from 0 to 1 as one image."""
    from PIL import Image
    count, _, size, _ = pictures.shape
    out = Image.new("RGB", (columns * size, -(-count // columns) * size))
    for i, picture in enumerate(pictures):
        pixels = (picture.permute(1, 2, 0).cpu().numpy() * 255).round().astype("uint8")
        out.paste(Image.fromarray(pixels), (i % columns * size, i // columns * size))
    return out.resize((out.width * scale, out.height * scale), Image.NEAREST)


if __name__ == "__main__":
    rng = random.Random(0)
    scenes = [draw_scene(rng) for _ in range(64)]
    sheet(Painter().paint(scenes, rng)[0]).save(sys.argv[1])
    for number, scene in enumerate(scenes):
        print(f"{number // 8},{number % 8} {caption(scene)}")
