"""Cross-attention that keeps its maps, so that words can be taught to look at what they name."""
import torch
import torch.nn.functional as F


class Grounding:
    """The processor of every attention of a UNet, and a loss on the cross-attention maps of the last pass.

    Maps are written out for self-attention too: for heads this narrow that is faster, on a CPU, than
    torch's fused attention, whose backward pass took a third of all time.
    """

    def __init__(self, unet):
        self.maps = []
        unet.set_attn_processor(self)

    def __call__(self, attn, x, encoder_hidden_states=None, **_):
        def heads(v):
            return v.view(v.shape[0], v.shape[1], attn.heads, -1).transpose(1, 2)
        context = x if encoder_hidden_states is None else encoder_hidden_states
        q, k, v = heads(attn.to_q(x) * attn.scale), heads(attn.to_k(context)), heads(attn.to_v(context))
        weights = (q @ k.transpose(-1, -2)).softmax(-1, dtype=q.dtype)
        if encoder_hidden_states is not None:
            self.maps.append(weights.mean(1))
        return attn.to_out[0]((weights @ v).transpose(1, 2).flatten(2))

    def loss(self, masks, groups, weight):
        """Mean of (1 - share of a word's attention that lies inside what it names)^2.

        `masks` (n, 2, r, r) cover the two things, `groups` (n, tokens) say which one a token speaks of
        (3: the background), `weight` (n) weighs pictures.  Forgets the maps.
        """
        regions = torch.cat([masks, 1 - masks.sum(1, keepdim=True).clamp(max=1)], 1)
        visible = (regions.flatten(2).mean(-1) > .01).float()
        chosen = F.one_hot(groups.long(), 4)[..., 1:].float() * visible[:, None]
        total, count = 0., chosen.sum().clamp(min=1)
        for attention in self.maps:
            side = int(attention.shape[1] ** .5)
            inside = F.adaptive_avg_pool2d(regions, side).flatten(2)
            share = torch.einsum("nqt,ngq->ntg", attention.float(), inside)
            share = share / attention.float().sum(1)[..., None].clamp(min=1e-6)
            total = total + ((1 - share) ** 2 * chosen * weight.view(-1, 1, 1)).sum() / count
        total = total / len(self.maps)
        self.maps.clear()
        return total
