"""What can be set for the news lane's providers; calls to them have settings of their own (AI_)."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

OPENAI = "https://api.openai.com/v1"


class OpenAiSettings(BaseSettings):
    """The language model that analyses news, on any OpenAI-compatible server."""

    model_config = SettingsConfigDict(
        env_prefix="OPENAI_",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    base_url: str = Field(
        OPENAI,
        description="Where chat completions are asked for: OpenAI's own, or vLLM (:8000/v1), "
        "Ollama (:11434/v1), llama.cpp (:8080/v1), LM Studio (:1234/v1).",
    )
    api_key: SecretStr | None = Field(
        None,
        description="Key of the account; without one, only a server other than OpenAI's is asked.",
    )
    model: str = Field("gpt-4o-mini", min_length=1, description="Name of the model there.")
    max_tokens: int = Field(800, ge=50, le=16_000, description="Most tokens of an answer.")
    max_characters: int = Field(
        8000, ge=500, le=50_000, description="Most characters of an article that are sent."
    )
    temperature: float | None = Field(
        0.0, ge=0, le=2, description="How freely it writes; left out where a model knows no other."
    )
    store: bool | None = Field(
        None,
        description="Whether the provider may keep the talk; by default OpenAI is told not to, and "
        "other servers, which may not know the question, are told nothing.",
    )

    @property
    def wanted(self) -> bool:
        """Whether there is anybody to ask."""
        return self.api_key is not None or self.base_url.rstrip("/") != OPENAI


class HuggingFaceSettings(BaseSettings):
    """The models that analyse news where no language model can."""

    model_config = SettingsConfigDict(
        env_prefix="HF_",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    token: SecretStr | None = Field(
        None, description="Token of the account; without one, Hugging Face is not asked."
    )
    base_url: str = Field(
        "https://router.huggingface.co/hf-inference/models",
        description="Where models are asked; the model's name follows.",
    )
    sentiment_model: str = Field(
        "tabularisai/multilingual-sentiment-analysis",
        min_length=1,
        description="Classifies a text by its tone.",
    )
    summary_model: str | None = Field(
        None,
        description="Summarises, such as facebook/bart-large-cnn; without one, sentences of the "
        "article itself are the summary.",
    )
    summary_languages: list[str] = Field(["en"], description="Languages that it understands.")
    category_model: str | None = Field(
        None,
        description="Sorts without having learnt the categories, such as facebook/bart-large-mnli; "
        "without one, words decide.",
    )
    category_languages: list[str] = Field(["en"], description="Languages that it understands.")
    labels: dict[str, float] = Field(
        {},
        description='What labels of HF_SENTIMENT_MODEL mean, from -1 to 1: {"LABEL_2": 1, "bullish"'
        ": 0.8}; the usual ones are known.",
    )
    max_characters: int = Field(
        1500, ge=200, le=10_000, description="Most characters of an article that are sent."
    )
