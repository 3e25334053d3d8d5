<?php

// As much of Laravel and Magento as the recipes use: a database table, a configuration, an output.

declare(strict_types=1);

namespace Illuminate\Console {
    abstract class Command
    {
        public const SUCCESS = 0;
        public const FAILURE = 1;

        public object $output;

        public function __construct()
        {
            $this->output = new class () {
                public function createProgressBar(int $max): object
                {
                    return new class ($max) {
                        public function __construct(private readonly int $max)
                        {
                        }

                        public function setProgress(int $step): void
                        {
                            echo "$step/$this->max\n";
                        }
                    };
                }
            };
        }

        public function line(string $text): void
        {
            echo $text;
        }

        public function error(string $text): void
        {
            echo "error: $text";
        }
    }
}

namespace Illuminate\Support\Facades {
    final class DB
    {
        public static \PDO $pdo;

        public static function table(string $name): object
        {
            return new class (self::$pdo, $name) {
                private string $where = '1';

                public function __construct(private readonly \PDO $pdo, private readonly string $name)
                {
                }

                public function whereNotNull(string $column): self
                {
                    $this->where = "$column IS NOT NULL";

                    return $this;
                }

                public function pluck(string $value, string $key): object
                {
                    $query = $this->pdo->query("SELECT $key, $value FROM $this->name WHERE $this->where");

                    return new class ($query->fetchAll(\PDO::FETCH_KEY_PAIR)) {
                        /** @param array<int, mixed> $items */
                        public function __construct(private readonly array $items)
                        {
                        }

                        /** @return array<int, mixed> */
                        public function all(): array
                        {
                            return $this->items;
                        }
                    };
                }
            };
        }
    }
}

namespace Magento\Framework\App {
    final class DeploymentConfig
    {
        /** @param array<string, mixed> $values */
        public function __construct(private readonly array $values)
        {
        }

        public function get(string $key): mixed
        {
            return $this->values[$key] ?? null;
        }
    }

    final class ResourceConnection
    {
        public function __construct(private readonly \PDO $pdo)
        {
        }

        public function getTableName(string $name): string
        {
            return "prefix_$name";
        }

        public function getConnection(): object
        {
            return new class ($this->pdo) {
                public function __construct(private readonly \PDO $pdo)
                {
                }

                /** @return array<int|string, mixed> */
                public function fetchPairs(string $sql): array
                {
                    return $this->pdo->query($sql)->fetchAll(\PDO::FETCH_KEY_PAIR);
                }
            };
        }
    }
}

namespace Magento\Framework\App\Filesystem {
    final class DirectoryList
    {
        public const VAR_DIR = 'var';

        public function __construct(private readonly string $root)
        {
        }

        public function getPath(string $code): string
        {
            return "$this->root/$code";
        }
    }
}

namespace Psr\Log {
    interface LoggerInterface
    {
        public function info(string $message): void;

        public function error(string $message): void;
    }
}

namespace {
    function config(string $key): mixed
    {
        return $GLOBALS['config'][$key] ?? null;
    }

    function storage_path(string $path): string
    {
        return getenv('TMPDIR') . "/$path";
    }
}
