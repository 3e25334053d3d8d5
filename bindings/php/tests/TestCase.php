<?php

declare(strict_types=1);

namespace UserCom\Tests;

use Closure;
use Throwable;

/** What the tests share. */
abstract class TestCase extends \PHPUnit\Framework\TestCase
{
    /**
     * @template T of Throwable
     * @param class-string<T> $class exactly this one
     * @return T
     */
    protected static function assertThrows(string $class, Closure $body, string $says = ''): Throwable
    {
        try {
            $body();
        } catch (Throwable $e) {
            self::assertSame($class, get_class($e), $e->getMessage());
            if ($says !== '') {
                self::assertStringContainsString($says, $e->getMessage());
            }

            return $e;
        }
        self::fail("no $class was thrown" . ($says === '' ? '' : ", expected: $says"));
    }

    protected static function show(mixed $value): string
    {
        return (string) json_encode($value, JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_UNICODE);
    }

    /**
     * Runs PHP in a process of its own.
     *
     * @param list<string> $arguments
     * @param array<string, string> $environment
     * @return array{int, string} its exit code, and what it wrote to both outputs
     */
    protected static function php(array $arguments, array $environment = []): array
    {
        $process = proc_open(
            [PHP_BINARY, ...$arguments],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]],
            $pipes,
            null,
            $environment + getenv(),
        );
        $output = stream_get_contents($pipes[1]);

        return [proc_close($process), (string) $output];
    }

    /**
     * PHP code in a process of its own, the package loaded.
     *
     * @param list<string> $options
     * @param array<string, string> $environment
     * @return array{int, string}
     */
    protected static function script(string $code, array $options = [], array $environment = []): array
    {
        $load = 'require ' . var_export(PACKAGE . '/src/autoload.php', true) . ";\n";

        return self::php([...$options, '-r', $load . $code], $environment);
    }
}
