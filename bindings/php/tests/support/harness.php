<?php

// What a test needs and no more, so that the tests run on any PHP without installing anything.

declare(strict_types=1);

final class Failed extends Exception
{
}

final class Tests
{
    /** @var array<string, Closure> */
    public static array $all = [];
}

function test(string $name, Closure $body): void
{
    if (isset(Tests::$all[$name])) {
        throw new LogicException("two tests are called: $name");
    }
    Tests::$all[$name] = $body;
}

function show(mixed $value): string
{
    return is_string($value) ? "'$value'" : (string) json_encode($value, JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_UNICODE);
}

function same(mixed $expected, mixed $actual, string $what = ''): void
{
    if ($expected !== $actual) {
        throw new Failed(trim("$what: expected " . show($expected) . ', got ' . show($actual), ': '));
    }
}

function holds(bool $condition, string $what): void
{
    if (!$condition) {
        throw new Failed($what);
    }
}

function contains(string $needle, string $text): void
{
    holds(str_contains($text, $needle), show($needle) . ' is not in: ' . $text);
}

/**
 * @template T of Throwable
 * @param class-string<T> $class exactly this one
 * @return T
 */
function throws(string $class, Closure $body, string $says = ''): Throwable
{
    try {
        $body();
    } catch (Throwable $e) {
        same($class, get_class($e), $e->getMessage());
        if ($says !== '') {
            contains($says, $e->getMessage());
        }

        return $e;
    }
    throw new Failed("no $class was thrown" . ($says === '' ? '' : ", expected: $says"));
}

/**
 * Runs PHP in a process of its own.
 *
 * @param list<string> $arguments
 * @param array<string, string> $environment
 * @return array{int, string} its exit code, and what it wrote to both outputs
 */
function php(array $arguments, array $environment = []): array
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

/** PHP code in a process of its own, the package loaded. */
function script(string $code, array $options = [], array $environment = []): array
{
    return php([...$options, '-r', 'require ' . var_export(PACKAGE . '/src/autoload.php', true) . ";\n$code"], $environment);
}
