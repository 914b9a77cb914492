"""Models in the formats of Whisper and Piper that fit into seconds: one hears always the same, the
other says noise. They run the true engines where no trained weights are at hand.

python -m tests.tiny_models whisper|piper FOLDER
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ctranslate2.converters import TransformersConverter
from faster_whisper.tokenizer import _LANGUAGE_CODES
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP
from piper.train.vits.models import SynthesizerTrn
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import WhisperConfig, WhisperForConditionalGeneration

HEARD = ("When", "are", "you", "open?")
WORDS = 50_257
"""Of Whisper's vocabulary; its own signs come behind."""
VOCABULARY = 51_865
FIRST_WORD = 1
"""Its place: it is told by "no timestamps", behind the start."""
LANGUAGES = _LANGUAGE_CODES[:99]


def make_whisper(folder: Path, words: Sequence[str]) -> Path:
    """A Whisper that hears these words whatever is said, in English.

    The network's weights are nothing but positions: at each place of the transcript the only large
    activation is the direction of the word that belongs there.
    """
    source = folder / "transformers"
    source.mkdir(parents=True)
    tokenizer = _tokenizer(words)
    tokenizer.save(str(source / "tokenizer.json"))
    _network(tokenizer, words).save_pretrained(source)
    _write_whisper_settings(source, tokenizer)
    made = folder / "tiny"
    files = ["tokenizer.json", "preprocessor_config.json"]
    TransformersConverter(str(source), copy_files=files).convert(str(made), quantization="int8")
    return made


def _tokenizer(words: Sequence[str]) -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    told = [f"\u0120{word}" for word in words]
    filling = [f"unused{n}" for n in range(WORDS - len(letters) - len(told))]
    vocabulary = {token: number for number, token in enumerate([*letters, *told, *filling])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    signs = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{name}|>" for name in LANGUAGES)]
    signs += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    signs += ["<|nospeech|>", "<|notimestamps|>"]
    tokenizer.add_special_tokens([AddedToken(sign, special=True) for sign in signs])
    tokenizer.add_tokens([AddedToken(f"<|{n * 0.02:.2f}|>") for n in range(1501)])
    assert tokenizer.get_vocab_size() == VOCABULARY
    return tokenizer


def _network(tokenizer: Tokenizer, words: Sequence[str]) -> WhisperForConditionalGeneration:
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=VOCABULARY,
        d_model=64,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
    )
    network = WhisperForConditionalGeneration(config).eval()
    decoder: Any = network.model.decoder
    spoken = [*(f"\u0120{word}" for word in words), "<|endoftext|>"]
    with torch.no_grad():
        tokens = torch.nn.functional.normalize(torch.randn(VOCABULARY, 64), dim=1)
        decoder.embed_tokens.weight.copy_(tokens)
        for layer in (decoder.layers[0].self_attn, decoder.layers[0].encoder_attn):
            layer.out_proj.weight.zero_()
            layer.out_proj.bias.zero_()
        decoder.layers[0].fc2.weight.zero_()
        decoder.layers[0].fc2.bias.zero_()
        for place, token in enumerate(spoken, FIRST_WORD):
            target = tokens[tokenizer.token_to_id(token)]
            decoder.embed_positions.weight[place] = 1000 * (target - target.mean())
    return network


def _write_whisper_settings(folder: Path, tokenizer: Tokenizer) -> None:
    path = folder / "generation_config.json"
    settings = json.loads(path.read_text())
    settings |= {
        "alignment_heads": [[0, 0]],
        "lang_to_id": {f"<|{name}|>": tokenizer.token_to_id(f"<|{name}|>") for name in LANGUAGES},
        "suppress_tokens": [],
        "begin_suppress_tokens": [],
        "no_timestamps_token_id": tokenizer.token_to_id("<|notimestamps|>"),
        "is_multilingual": True,
    }
    path.write_text(json.dumps(settings))
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "WhisperTokenizer"}')
    features = {"feature_size": 80, "sampling_rate": 16_000, "hop_length": 160, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps({**features, "chunk_length": 30}))


class _Speaker(torch.nn.Module):
    """A voice's network with the inputs that Piper gives it."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, symbols: torch.Tensor, lengths: torch.Tensor, scales: torch.Tensor
    ) -> torch.Tensor:
        sound, *_ = self.network.infer(
            symbols,
            lengths,
            noise_scale=scales[0],
            length_scale=scales[1],
            noise_scale_w=scales[2],
        )
        return sound.unsqueeze(1)


def make_piper(folder: Path, name: str = "en_US-tiny-low") -> Path:
    """A voice of Piper with random weights: noise of a plausible length."""
    torch.manual_seed(0)
    network = SynthesizerTrn(
        n_vocab=256,
        spec_channels=513,
        segment_size=32,
        inter_channels=32,
        hidden_channels=32,
        filter_channels=64,
        n_heads=2,
        n_layers=2,
        kernel_size=3,
        p_dropout=0.1,
        resblock="2",
        resblock_kernel_sizes=(3, 5, 7),
        resblock_dilation_sizes=((1, 2), (2, 6), (3, 12)),
        upsample_rates=(8, 8, 4),
        upsample_initial_channel=64,
        upsample_kernel_sizes=(16, 16, 8),
        n_speakers=1,
        gin_channels=0,
        use_sdp=True,
    ).eval()
    network.dec.remove_weight_norm()
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{name}.onnx"
    symbols = torch.from_numpy(np.arange(50, dtype=np.int64)[None])
    torch.onnx.export(
        _Speaker(network),
        (symbols, torch.tensor([50]), torch.tensor([0.667, 1.0, 0.8])),
        str(made),
        opset_version=15,
        dynamo=False,
        input_names=["input", "input_lengths", "scales"],
        output_names=["output"],
        dynamic_axes={
            "input": {0: "batch_size", 1: "phonemes"},
            "input_lengths": {0: "batch_size"},
            "output": {0: "batch_size", 2: "time"},
        },
    )
    settings = {
        "audio": {"sample_rate": 16_000, "quality": "x_low"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "num_symbols": 256,
        "num_speakers": 1,
        "speaker_id_map": {},
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "hop_length": 256,
        "piper_version": "1.8.0",
    }
    Path(f"{made}.json").write_text(json.dumps(settings))
    return made


if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    made = make_piper(Path(folder)) if kind == "piper" else make_whisper(Path(folder), HEARD)
    sys.stdout.write(f"{made}\n")
